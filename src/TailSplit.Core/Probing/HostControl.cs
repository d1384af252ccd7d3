using TailSplit.Core.Model;

namespace TailSplit.Core.Probing;

/// <summary>
/// The positive control: how the host's own packets to the same target leave, in the same capture.
/// </summary>
/// <param name="OwnWay">How the host's ordinary packets leave; null if none was captured.</param>
/// <param name="Direct">Whether a packet with Tailscale's escape mark left outside the tunnel.</param>
public sealed record HostControl(Egress? OwnWay, DirectWay Direct)
{
    /// <param name="ordinary">The host's ordinary packets.</param>
    /// <param name="marked">Its packets with the escape mark.</param>
    /// <param name="tunnel">The tunnel.</param>
    /// <param name="captureSees">Whether the capture saw any packet leave the host.</param>
    public static HostControl Of(
        IReadOnlyCollection<ProbePath> ordinary, IReadOnlyCollection<ProbePath> marked, InterfaceName tunnel,
        bool captureSees)
    {
        Egress?[] ways = [.. ordinary.Select(path => path.EgressBy(tunnel))];
        Egress? own = ways.Contains(Egress.Tunnel) ? Egress.Tunnel
            : ways.Contains(Egress.Direct) ? Egress.Direct
            : null;
        DirectWay direct = marked.Any(path => path.EgressBy(tunnel) == Egress.Direct) ? DirectWay.Seen
            : captureSees && marked.All(path => path.Sent.HasNoRoute) ? DirectWay.None
            : DirectWay.Unseen;
        return new HostControl(own, direct);
    }
}
