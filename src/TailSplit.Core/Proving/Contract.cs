using System.Collections.Immutable;
using TailSplit.Core.Model;

namespace TailSplit.Core.Proving;

/// <summary>The traffic contract of docs/traffic.md as data: where packets of a container may go.</summary>
public static class Contract
{
    public static ImmutableArray<ContractRow> Rows { get; } =
    [
        new(PolicyKind.Killswitch, Peer.OwnNetwork, Ways.Bridge | Ways.Nowhere, Ways.None, "stays on the bridge"),
        new(
            PolicyKind.Killswitch,
            Peer.Host,
            Ways.Host | Ways.Bridge | Ways.Nowhere,
            Ways.None,
            "reaches the host, or comes back to a published port of its own network"),
        new(
            PolicyKind.Killswitch,
            Peer.Named,
            Ways.Clear | Ways.Tunnel | Ways.Nowhere,
            Ways.None,
            "goes by table main"),
        new(PolicyKind.Killswitch, Peer.OnLink, Ways.Bridge | Ways.Tunnel | Ways.Nowhere, Ways.None, "is refused"),
        new(PolicyKind.Killswitch, Peer.Tailnet, Ways.Tunnel | Ways.Nowhere, Ways.None, "goes by the tunnel"),
        new(PolicyKind.Killswitch, Peer.SubnetRoute, Ways.Tunnel | Ways.Nowhere, Ways.None, "goes by the tunnel"),
        new(
            PolicyKind.Killswitch,
            Peer.Internet,
            Ways.Tunnel | Ways.Nowhere,
            Ways.Tunnel,
            "goes by the exit node or nowhere"),
        new(PolicyKind.Bypass, Peer.OwnNetwork, Ways.Bridge | Ways.Nowhere, Ways.None, "stays on the bridge"),
        new(
            PolicyKind.Bypass,
            Peer.Host,
            Ways.Host | Ways.Bridge | Ways.Nowhere,
            Ways.None,
            "reaches the host, or comes back to a published port of its own network"),
        new(
            PolicyKind.Bypass,
            Peer.Named,
            Ways.Clear | Ways.Tunnel | Ways.Nowhere,
            Ways.None,
            "goes the way of the host's own packets"),
        new(PolicyKind.Bypass, Peer.OnLink, Ways.Bridge | Ways.Clear | Ways.Nowhere, Ways.None, "goes by table main"),
        new(PolicyKind.Bypass, Peer.Tailnet, Ways.Tunnel | Ways.Nowhere, Ways.None, "goes by the tunnel"),
        new(PolicyKind.Bypass, Peer.SubnetRoute, Ways.Tunnel | Ways.Nowhere, Ways.None, "goes by the tunnel"),
        new(PolicyKind.Bypass, Peer.Internet, Ways.Clear | Ways.Nowhere, Ways.Clear, "goes by the ISP"),
    ];

    /// <summary>The row for a destination, with the policy's options applied.</summary>
    public static ContractRow Of(Policy policy, Peer peer)
    {
        ContractRow row = RowOf(policy, peer);
        return policy is KillswitchPolicy { BlockHost: true } && peer == Peer.Host
            ? row with { Allowed = Ways.Bridge | Ways.Nowhere, Text = "is refused (-BlockHost)" }
            : row;
    }

    /// <summary>The row for an answer to a connection that the peer has opened.</summary>
    public static ContractRow OfAnswer(Policy policy, Peer peer)
    {
        ContractRow row = RowOf(policy, peer) with { Expected = Ways.None };
        return (policy, peer) is (KillswitchPolicy { AllowPublishedPort: true }, Peer.OnLink)
            ? row with { Allowed = row.Allowed | Ways.Clear, Text = "is answered (-AllowPublishedPort)" }
            : row;
    }

    /// <summary>The row for a DNS query of a killswitch with -DnsServer.</summary>
    public static ContractRow OfName(Peer peer) => new(
        PolicyKind.Killswitch,
        peer,
        Ways.Tunnel | Ways.Nowhere,
        Ways.None,
        "goes to the name server by the tunnel or nowhere")
    {
        IsName = true,
    };

    /// <summary>The row for a source address that no container of the network has.</summary>
    public static ContractRow OfForgedSource(Peer peer) => new(
        PolicyKind.Killswitch, peer, Ways.Bridge | Ways.Host | Ways.Tunnel | Ways.Nowhere, Ways.None,
        "does not leave in clear (forged source)");

    private static ContractRow RowOf(Policy policy, Peer peer) =>
        Rows.First(row => row.Kind == policy.Kind && row.Peer == peer);
}
