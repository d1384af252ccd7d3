using System.Collections.Immutable;
using System.Net;
using System.Security.Cryptography;
using TailSplit.Core.Model;
using TailSplit.Core.Probing;

namespace TailSplit.Execution.Probing;

/// <summary>
/// Everything that is sent at one time: from each network its probes, and from the host itself the positive control,
/// once as the host sends everything and once with Tailscale's escape mark.
/// </summary>
internal sealed class ProbeRound
{
    // From a network: past the host, and no further than the first router behind it. From the host: to that very
    // router.
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

    /// <summary>Sends those once more that were not seen at all: a packet can be lost on a busy host.</summary>
    public void SendAgain(ImmutableArray<CapturedProbe> captured)
    {
        HashSet<ProbeMark> seen = [.. captured.Select(probe => probe.Mark)];
        foreach (Batch batch in All)
            batch.Send(batch.Sent
                .Where(sent => sent.Error is null && !seen.Contains(sent.Probe.Mark))
                .Select(sent => sent.Probe));
    }

    /// <summary>Whether everything that was sent has left the host, so that there is nothing to wait for.</summary>
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
