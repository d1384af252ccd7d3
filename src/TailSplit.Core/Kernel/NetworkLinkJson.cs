using System.Collections.Immutable;
using System.Text.Json;
using TailSplit.Core.Json;

namespace TailSplit.Core.Kernel;

/// <summary>Reads <c>ip -j link</c>.</summary>
public static class NetworkLinkJson
{
    /// <exception cref="TailSplitException">UnreadableOutput.</exception>
    public static ImmutableArray<NetworkLink> Parse(string json) => JsonText.ReadList("ip -j link", json, Read);

    private static NetworkLink? Read(JsonElement element) =>
        element.Text("ifname") is string name && element.Property("ifindex") is JsonElement index
            ? new NetworkLink(index.GetInt32(), name, element.Text("address"))
            : null;
}
