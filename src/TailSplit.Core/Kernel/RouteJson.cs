using System.Collections.Immutable;
using System.Text.Json;
using TailSplit.Core.Json;
using TailSplit.Core.Model;

namespace TailSplit.Core.Kernel;

/// <summary>Reads <c>ip -j route show table N</c>.</summary>
public static class RouteJson
{
    /// <exception cref="TailSplitException">UnreadableOutput.</exception>
    public static ImmutableArray<HostRoute> Parse(IpFamily family, string json) =>
        [.. JsonText.ReadList("ip -j route", json, element => Read(family, element)).SelectMany(routes => routes)];

    // A route by several interfaces names each of them in its next hops, and none by itself.
    private static HostRoute[] Read(IpFamily family, JsonElement element)
    {
        if (element.Text("dst") is not string destination)
            return [];

        string[] devices = [.. element.Items("nexthops").Select(hop => hop.Text("dev")).OfType<string>().Distinct()];
        return devices.Length == 0
            ? [Route(element.Text("dev"))]
            : [.. devices.Select(Route)];

        HostRoute Route(string? device) => new(destination, device, element.Text("type")) { Family = family };
    }
}
