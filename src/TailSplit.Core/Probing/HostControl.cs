using TailSplit.Core.Model;

namespace TailSplit.Core.Probing;

/// <summary>
/// The positive control: what packets of the host itself to the same target did before the same capture.
/// </summary>
/// <param name="OwnWay">Which way the host's ordinary packets take; null where none was seen.</param>
/// <param name="Direct">Whether a packet with Tailscale's escape mark was seen to leave past the tunnel.</param>
public sealed record HostControl(Egress? OwnWay, DirectWay Direct)
{
    /// <param name="ordinary">What the host sent as it sends everything.</param>
    /// <param name="marked">What it sent with the escape mark.</param>
    /// <param name="tunnel">The tunnel.</param>
    /// <param name="captureSees">Whether anything at all was seen to leave the host.</param>
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
