using System.Collections.Immutable;
using System.Net;
using System.Security.Cryptography;
using TailSplit.Core.Model;
using TailSplit.Core.Probing;

namespace TailSplit.Execution.Probing;

/// <summary>
/// The probes sent at one time: those of each network, and the positive control of the host, with and without
/// Tailscale's escape mark.
/// </summary>
internal sealed class ProbeRound
{
    // Both reach the first router after the host, and no further. Probes from a network pass the host first.
    private const int HopLimitFromNetwork = 2;
    private const int HopLimitFromHost = 1;

    private readonly List<Batch> _networks = [];
    private readonly Batch _ordinary;
    private readonly Batch _marked;

    public ProbeRound(List<ProbeOrigin> sources, IProbeSpace host, FwMark escape, ImmutableArray<IPAddress> targets)
    {
        ProbePlan plan = new(() => BitConverter.ToUInt32(RandomNumberGenerator.GetBytes(sizeof(uint))));
        _ordinary = new Batch(null, host, HopLimitFromHost, null, plan.For(targets));
        _marked = new Batch(null, host, HopLimitFromHost, escape, plan.For(targets));
        foreach (ProbeOrigin source in sources)
        {
            ImmutableArray<Probe> probes =
            [
                .. plan.For(targets).Where(probe => source.Families.Contains(probe.Family))
            ];
            _networks.Add(new Batch(source, source.Space, HopLimitFromNetwork, null, probes));
        }
    }

    private IEnumerable<Batch> All => [_ordinary, _marked, .. _networks];

    public void Send()
    {
        foreach (Batch batch in All)
            batch.Sent = batch.Send(batch.Probes);
    }

    /// <summary>Repeats the probes that were not captured, since a busy host can lose packets.</summary>
    public void SendAgain(ImmutableArray<CapturedProbe> captured)
    {
        HashSet<ProbeMark> seen = [.. captured.Select(probe => probe.Mark)];
        foreach (Batch batch in All)
            batch.Send(batch.Sent
                .Where(sent => sent.Error is null && !seen.Contains(sent.Probe.Mark))
                .Select(sent => sent.Probe));
    }

    /// <summary>Whether all probes have left the host or failed, so that waiting is pointless.</summary>
    public bool IsAccountedFor(ImmutableArray<CapturedProbe> captured)
    {
        HashSet<ProbeMark> left =
        [
            .. captured.Where(probe => probe.IsLeaving).Select(probe => probe.Mark)
        ];
        return All
            .SelectMany(batch => batch.Sent)
            .All(sent => sent.Error is not null || left.Contains(sent.Probe.Mark));
    }

    public ProbeEvidence Evidence(IPacketCapture capture) => new()
    {
        Networks = [.. _networks.Select(batch => new NetworkEvidence(
            batch.Source!.Policy, batch.Source.Bridge, batch.Source.Container, batch.Sent))],
        Ordinary = _ordinary.Sent,
        Marked = _marked.Sent,
        CapturedProbes = capture.CapturedProbes,
        Lost = capture.Lost,
    };

    private sealed record Batch(
        ProbeOrigin? Source, IProbeSpace Space, int HopLimit, FwMark? Mark, ImmutableArray<Probe> Probes)
    {
        public ImmutableArray<SentProbe> Sent { get; set; } = [];

        public ImmutableArray<SentProbe> Send(IEnumerable<Probe> probes) => Space.Send(probes, HopLimit, Mark);
    }
}
