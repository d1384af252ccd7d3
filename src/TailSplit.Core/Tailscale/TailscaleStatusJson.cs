using System.Collections.Immutable;
using System.Text.Json;
using TailSplit.Core.Json;
using TailSplit.Core.Model;

namespace TailSplit.Core.Tailscale;

/// <summary>
/// Reads <c>tailscale status --json</c> (tailscale ipn/ipnstate/ipnstate.go: Status, PeerStatus, ExitNodeStatus).
/// </summary>
public static class TailscaleStatusJson
{
    // Mullvad's servers are plain WireGuard peers: the tailnet does not know whether they are online.
    private const string ForeignSuffix = ".mullvad.ts.net";

    /// <exception cref="TailSplitException">UnreadableOutput.</exception>
    public static TailscaleStatus Parse(string json) => JsonText.Read("tailscale status --json", json, Read);

    private static TailscaleStatus Read(JsonElement element)
    {
        ImmutableArray<(TailscalePeer Peer, bool IsChosen, bool Offers)> peers =
        [
            .. element.Members("Peer").Select(peer => peer.Value)
                .Select(peer => (PeerOf(peer), peer.Flag("ExitNode"), peer.Flag("ExitNodeOption"))),
        ];
        return new TailscaleStatus
        {
            Version = element.Text("Version") ?? "",
            BackendState = element.Text("BackendState") ?? "",
            Tun = element.Flag("TUN"),
            Addresses = [.. element.Texts("TailscaleIPs")],
            ExitNode = element.Property("ExitNodeStatus") is JsonElement chosen ? ChosenOf(chosen, peers) : null,
            ExitNodesOffered = [.. peers.Where(peer => peer.Offers).Select(peer => peer.Peer)],
            Routes =
            [
                .. element.Members("Peer")
                    .SelectMany(peer => RoutesOf(peer.Value))
                    .Where(route => route is { PrefixLength: > 0, IsHost: false })
                    .Distinct(),
            ],
        };
    }

    private static TailscalePeer ChosenOf(
        JsonElement chosen, IEnumerable<(TailscalePeer Peer, bool IsChosen, bool Offers)> peers)
    {
        string id = chosen.Text("ID") ?? "";
        TailscalePeer? peer = peers.FirstOrDefault(peer => peer.IsChosen || peer.Peer.Id == id).Peer;
        bool isForeign = peer?.Name.Contains(ForeignSuffix, StringComparison.Ordinal) == true;
        return new TailscalePeer(id, peer?.Name ?? id, isForeign || chosen.Flag("Online"))
        {
            CarriesIPv4 = peer?.CarriesIPv4,
            CarriesIPv6 = peer?.CarriesIPv6,
        };
    }

    private static TailscalePeer PeerOf(JsonElement peer)
    {
        string id = peer.Text("ID") ?? "";
        string full = peer.Text("DNSName")?.TrimEnd('.') ?? "";
        // "name.tailnet.ts.net": the first label is what people type, except for Mullvad's, which belong to no tailnet.
        bool isForeign = full.EndsWith(ForeignSuffix, StringComparison.Ordinal);
        string name = isForeign ? full
            : full.Split('.')[0] is { Length: > 0 } label ? label
            : peer.Text("HostName") ?? id;
        return new TailscalePeer(id, name, isForeign || peer.Flag("Online"))
        {
            CarriesIPv4 = Carries(peer, IpFamily.IPv4),
            CarriesIPv6 = Carries(peer, IpFamily.IPv6),
        };
    }

    // AllowedIPs has the default routes that are approved. ExitNodeOption alone says both or none (tailscale
    // net/tsaddr: ContainsExitRoutes).
    private static bool? Carries(JsonElement peer, IpFamily family)
    {
        IpFamily[] defaults = [.. RoutesOf(peer).Where(route => route.PrefixLength == 0).Select(route => route.Family)];
        return defaults.Length > 0 ? defaults.Contains(family) : peer.Truth("ExitNodeOption");
    }

    private static IEnumerable<Cidr> RoutesOf(JsonElement peer) =>
        ((string[])["AllowedIPs", "PrimaryRoutes"])
            .SelectMany(name => peer.Texts(name))
            .Select(text => Cidr.TryParse(text, out Cidr route) ? route : (Cidr?)null)
            .OfType<Cidr>();
}
