using System.Collections.Immutable;
using System.Net;
using System.Text.Json;

namespace TailSplit.Core.Text;

/// <summary>Reads <c>ip -j address</c>.</summary>
public static class InterfaceJson
{
    /// <exception cref="TailSplitException">UnreadableOutput.</exception>
    public static ImmutableArray<HostInterface> Parse(string json) => JsonText.ReadList("ip -j address", json, Read);

    private static HostInterface? Read(JsonElement element) =>
        element.Text("ifname") is string name
            ? new HostInterface(name, [.. element.Items("addr_info").Select(Address).OfType<InterfaceAddress>()])
            : null;

    private static InterfaceAddress? Address(JsonElement element) =>
        IPAddress.TryParse(element.Text("local"), out IPAddress? address)
            ? new InterfaceAddress(address, element.GetProperty("prefixlen").GetInt32())
            : null;
}
