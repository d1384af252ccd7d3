using System.Collections.Immutable;
using TailSplit.Core.Model;

namespace TailSplit.Core.Probing;

/// <summary>The interfaces on which one probe was captured.</summary>
/// <param name="Sent">The probe, and whether the kernel accepted it.</param>
/// <param name="Entered">The interfaces by which it entered the host, in order, each once.</param>
/// <param name="Left">The interfaces by which it left, except those by which it entered.</param>
public sealed record ProbePath(SentProbe Sent, ImmutableArray<string> Entered, ImmutableArray<string> Left)
{
    private const string Loopback = "lo";

    public Probe Probe => Sent.Probe;

    public static ProbePath Of(SentProbe sent, IReadOnlyList<CapturedProbe> captured)
    {
        CapturedProbe[] own = [.. captured.Where(probe => probe.Mark == sent.Probe.Mark)];
        ImmutableArray<string> entered = [.. own
            .Where(probe => !probe.IsLeaving)
            .Select(probe => probe.Interface)
            .Distinct()];
        return new ProbePath(
            sent,
            entered,
            [.. own.Where(probe => probe.IsLeaving).Select(probe => probe.Interface).Distinct()
                .Where(name => name != Loopback && !entered.Contains(name))]);
    }

    /// <summary>
    /// How it left; null if it was not captured, which proves nothing. A probe that left by any interface but the
    /// tunnel is Direct, whatever else was captured.
    /// </summary>
    public Egress? EgressBy(InterfaceName tunnel) =>
        Left.Any(name => name != tunnel.ToString()) ? Egress.Direct
        : Left.Length > 0 ? Egress.Tunnel
        : Entered.Length > 0 ? Egress.Blocked
        : null;

    /// <summary>The interfaces that prove it.</summary>
    public ImmutableArray<string> WayBy(InterfaceName tunnel) =>
        EgressBy(tunnel) == Egress.Direct ? [.. Left.Where(name => name != tunnel.ToString())] : Left;
}
