using System.Collections.Immutable;
using System.Text.Json;
using TailSplit.Core.Model;

namespace TailSplit.Core.Text;

/// <summary>Reads <c>ip -j route show table N</c>.</summary>
public static class RouteJson
{
    /// <exception cref="TailSplitException">UnreadableOutput.</exception>
    public static ImmutableArray<HostRoute> Parse(IpFamily family, string json) =>
        JsonText.ReadList("ip -j route", json, element => Read(family, element));

    private static HostRoute? Read(IpFamily family, JsonElement element) =>
        element.Text("dst") is string destination
            ? new HostRoute(destination, element.Text("dev"), element.Text("type")) { Family = family }
            : null;
}
