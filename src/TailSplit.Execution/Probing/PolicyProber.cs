using System.Collections.Immutable;
using System.Diagnostics;
using System.Net;
using TailSplit.Core.Diagnosis;
using TailSplit.Core.Hosts;
using TailSplit.Core.Model;
using TailSplit.Core.Probing;

namespace TailSplit.Execution.Probing;

/// <summary>
/// Proves policies by packets: it sends probes from each policy's network to all targets at once, and captures where
/// they leave the host. The host's own packets are the positive control.
/// </summary>
/// <param name="probeHost">Sends and captures packets.</param>
/// <param name="progress">Receives the progress, from any thread.</param>
public sealed class PolicyProber(IProbeHost probeHost, Action<ProbeProgress> progress)
{
    private static readonly TimeSpan s_poll = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan s_again = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(1200);

    /// <summary>Proves the policies, and returns the results in their order.</summary>
    /// <param name="host">The host.</param>
    /// <param name="policies">The policies to prove.</param>
    /// <param name="targets">The addresses to send to.</param>
    /// <param name="cancellationToken">Stops it at once, and removes what was created.</param>
    public async Task<ImmutableArray<CheckResult>> ProbeAsync(
        Host host,
        IReadOnlyCollection<Policy> policies,
        ImmutableArray<IPAddress> targets,
        CancellationToken cancellationToken)
    {
        if (probeHost.Refusal is string refusal)
            return [.. policies.Select(policy => Skipped(policy, refusal, "sudo pwsh"))];

        await using ProbeOrigins sources = new(probeHost, host);
        List<ProbeOrigin> open = [];
        List<CheckResult> results = [];
        foreach (Policy policy in policies)
        {
            progress(new ProbeProgress(
                $"Entering the network of {policy.Name}", 50 * (open.Count + results.Count) / policies.Count));
            (ProbeOrigin? source, string? reason) = await sources.OpenAsync(
                policy, targets, cancellationToken).ConfigureAwait(false);
            if (source is not null)
                open.Add(source);
            else
                results.Add(Skipped(policy, reason ?? "", null));
        }

        if (open.Count > 0)
        {
            ProbeEvidence evidence = await WatchAsync(
                host.Environment.EscapeMark, open, targets, cancellationToken).ConfigureAwait(false);
            results.AddRange(evidence.Findings.Select(new ProbeJudge(host, evidence.Lost).Judge));
        }

        return [.. policies.SelectMany(policy => results
            .Where(result => result.Policy == policy.Name)
            .DefaultIfEmpty(Skipped(policy, "no target has an address family of the network", null)))];
    }

    private async Task<ProbeEvidence> WatchAsync(
        FwMark escape, List<ProbeOrigin> open, ImmutableArray<IPAddress> targets, CancellationToken cancellationToken)
    {
        ProbeRound round = new(open, probeHost.OpenHost(), escape, targets);
        using IPacketCapture capture = probeHost.StartCapture();
        progress(new ProbeProgress("Sending", 50));
        round.Send();
        long start = Stopwatch.GetTimestamp();
        bool again = false;
        while (!round.IsAccountedFor(capture.CapturedProbes) && Stopwatch.GetElapsedTime(start) < s_patience)
        {
            progress(new ProbeProgress(
                "Watching the host's interfaces", 50 + (int)(50 * Stopwatch.GetElapsedTime(start) / s_patience)));
            await Task.Delay(s_poll, cancellationToken).ConfigureAwait(false);
            if (!again && Stopwatch.GetElapsedTime(start) > s_again)
            {
                again = true;
                round.SendAgain(capture.CapturedProbes);
            }
        }

        return round.Evidence(capture);
    }

    private static CheckResult Skipped(Policy policy, string reason, string? remedy) =>
        ProbeJudge.Skipped(policy, $"Nothing was sent: {reason}.", remedy);
}
