using System.Collections.Immutable;
using TailSplit.Core.Model;

namespace TailSplit.Core.Probing;

/// <summary>Where one probe was seen.</summary>
/// <param name="Sent">The probe, and whether the kernel took it.</param>
/// <param name="Entered">The interfaces by which it came into the host, in order, each once.</param>
/// <param name="Left">Those by which it left in clear, without the one by which it came in.</param>
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
    /// Its way out; null if it was not seen, which proves nothing. Leaving in clear by any interface but the tunnel is
    /// a direct way, whatever else was seen.
    /// </summary>
    public Egress? EgressBy(InterfaceName tunnel) =>
        Left.Any(name => name != tunnel.ToString()) ? Egress.Direct
        : Left.Length > 0 ? Egress.Tunnel
        : Entered.Length > 0 ? Egress.Blocked
        : null;

    /// <summary>The interfaces that show it.</summary>
    public ImmutableArray<string> WayBy(InterfaceName tunnel) =>
        EgressBy(tunnel) == Egress.Direct ? [.. Left.Where(name => name != tunnel.ToString())] : Left;
}
