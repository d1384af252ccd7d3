using System.Collections.Immutable;
using System.Net;
using System.Text.Json;
using TailSplit.Core.Json;
using TailSplit.Core.Model;

namespace TailSplit.Core.Kernel;

/// <summary>Reads <c>ip -j address</c>, with the details of <c>-d</c> if they exist.</summary>
public static class InterfaceJson
{
    /// <exception cref="TailSplitException">UnreadableOutput.</exception>
    public static ImmutableArray<HostInterface> Parse(string json) => JsonText.ReadList("ip -j address", json, Read);

    private static HostInterface? Read(JsonElement element) =>
        element.Text("ifname") is string name
            ? new HostInterface(name, [.. element.Items("addr_info").Select(Address).OfType<InterfaceAddress>()])
            {
                Mtu = element.Property("mtu")?.GetInt32() ?? 0,
                // -d prints this of every interface (iproute2 ip/ipaddress.c: print_linkinfo).
                HasDetails = element.Property("num_tx_queues") is not null,
                Kind = Details(element).Text("info_kind"),
                TunMode = Details(element).Property("info_data") is JsonElement data ? data.Text("type") : null,
                Master = element.Text("master"),
                Link = element.Text("link"),
                HasPeerElsewhere = element.Property("link_netnsid") is not null,
            }
            : null;

    private static JsonElement Details(JsonElement element) => element.Property("linkinfo") ?? default;

    private static InterfaceAddress? Address(JsonElement element)
    {
        if (!IPAddress.TryParse(element.Text("local"), out IPAddress? address))
            return null;

        int length = element.GetProperty("prefixlen").GetInt32();
        // Of throws for a length that does not fit, which is then reported as unreadable.
        _ = Cidr.Of(address, length);
        return new InterfaceAddress(address, length);
    }
}
