using TailSplit.Core.Model;

namespace TailSplit.Core.Probing;

/// <summary>
/// The positive control: the ways of the host's own packets to the same target, in the same capture.
/// </summary>
/// <param name="OwnWay">The way of the host's ordinary packets; null if none was seen.</param>
/// <param name="Direct">Whether a packet with Tailscale's escape mark was seen to leave outside the tunnel.</param>
public sealed record HostControl(Egress? OwnWay, DirectWay Direct)
{
    /// <param name="ordinary">The host's ordinary packets.</param>
    /// <param name="marked">Its packets with the escape mark.</param>
    /// <param name="tunnel">The tunnel.</param>
    /// <param name="captureSees">Whether any packet was seen to leave the host.</param>
    public static HostControl Of(
        IReadOnlyCollection<ProbePath> ordinary, IReadOnlyCollection<ProbePath> marked, InterfaceName tunnel,
        bool captureSees)
    {
        Egress?[] ways = [.. ordinary.Select(trail => trail.EgressBy(tunnel))];
        Egress? own = ways.Contains(Egress.Tunnel) ? Egress.Tunnel : ways.Contains(Egress.Direct) ? Egress.Direct : null;
        DirectWay direct = marked.Any(trail => trail.EgressBy(tunnel) == Egress.Direct) ? DirectWay.Seen
            : captureSees && marked.All(trail => trail.Sent.HasNoRoute) ? DirectWay.None
            : DirectWay.Unseen;
        return new HostControl(own, direct);
    }
}
