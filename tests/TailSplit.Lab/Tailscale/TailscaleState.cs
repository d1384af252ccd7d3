
namespace TailSplit.Lab;

/// <summary>What a person asks of Tailscale by <c>tailscale set</c>, and what the exit node offers.</summary>
/// <param name="ExitNode">Whether an exit node carries the host's internet traffic.</param>
/// <param name="AllowLanAccess">Off, every local prefix, Docker's bridges included, is routed into the tunnel.</param>
/// <param name="AcceptRoutes">Whether the subnet routers' routes are accepted.</param>
public sealed record TailscaleState(bool ExitNode = true, bool AllowLanAccess = true, bool AcceptRoutes = true)
{
    public NetfilterMode Netfilter { get; init; } = NetfilterMode.On;

    /// <summary><c>--stateful-filtering</c>: what is forwarded into the tunnel must be an answer.</summary>
    public bool StatefulFiltering { get; init; }

    /// <summary>What the exit node carries; a default route of each family is in table 52 all the same.</summary>
    public ExitNodeOffer Offer { get; init; } = ExitNodeOffer.BothFamilies;
}
