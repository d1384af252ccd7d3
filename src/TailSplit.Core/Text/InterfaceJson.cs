using System.Collections.Immutable;
using System.Net;
using System.Text.Json;
using TailSplit.Core.Model;

namespace TailSplit.Core.Text;

/// <summary>Reads <c>ip -j address</c>.</summary>
public static class InterfaceJson
{
    /// <exception cref="TailSplitException">UnreadableOutput.</exception>
    public static ImmutableArray<HostInterface> Parse(string json) => JsonText.ReadList("ip -j address", json, Read);

    private static HostInterface? Read(JsonElement element) =>
        element.Text("ifname") is string name
            ? new HostInterface(name, [.. element.Items("addr_info").Select(Address).OfType<InterfaceAddress>()])
            {
                Mtu = element.Property("mtu")?.GetInt32() ?? 0,
            }
            : null;

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
