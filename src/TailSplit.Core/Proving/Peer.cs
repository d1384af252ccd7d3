namespace TailSplit.Core.Proving;

/// <summary>The kind of a destination for a policy: a row of docs/traffic.md.</summary>
public enum Peer
{
    /// <summary>A subnet of the policy's own network.</summary>
    OwnNetwork,

    /// <summary>An address of this host.</summary>
    Host,

    /// <summary>A destination of -AllowDestination or -Exclude.</summary>
    Named,

    /// <summary>A prefix with a route in table main: the LAN, another Docker network, another VPN.</summary>
    OnLink,

    /// <summary>An address of the tailnet, MagicDNS included.</summary>
    Tailnet,

    /// <summary>A prefix that Tailscale routes into the tunnel: a subnet route.</summary>
    SubnetRoute,

    Internet,
}
