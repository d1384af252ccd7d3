using System.Collections.Immutable;
using System.Text.Json;

namespace TailSplit.Core.Text;

/// <summary>Reads <c>ip -j route show table N</c>.</summary>
public static class RouteJson
{
    /// <exception cref="TailSplitException">UnreadableOutput.</exception>
    public static ImmutableArray<HostRoute> Parse(string json) => JsonText.ReadList("ip -j route", json, Read);

    private static HostRoute? Read(JsonElement element) =>
        element.Text("dst") is string destination
            ? new HostRoute(destination, element.Text("dev"), element.Text("type"))
            : null;
}
