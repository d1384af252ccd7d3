using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Text.Json;
using TailSplit.Core.Json;
using TailSplit.Core.Model;

namespace TailSplit.Core.Kernel;

/// <summary>
/// Reads <c>ip -N -j route show table all</c> (iproute2 ip/iproute.c, print_route): numbers for types and tables.
/// </summary>
public static class LiveRouteJson
{
    /// <exception cref="TailSplitException">UnreadableOutput.</exception>
    public static ImmutableArray<LiveRoute> Parse(IpFamily family, string json) =>
        JsonText.ReadList("ip -j route", json, element => Read(family, element));

    private static LiveRoute? Read(IpFamily family, JsonElement element)
    {
        // A kind of route that is newer than this list is skipped.
        if (KindOf(element.Text("type")) is not RouteKind kind
            || PrefixOf(family, element.Text("dst")) is not Cidr destination)
            return null;

        // Routes with a type of service are for packets that have it; traced packets have none.
        if (element.Text("tos") is not null)
            return null;

        ImmutableArray<NextHop> hops = [.. element.Items("nexthops").Prepend(element).Select(Hop).OfType<NextHop>()];
        return kind == RouteKind.Unicast && hops.IsEmpty
            ? null
            : new LiveRoute(TableOf(element), kind, destination)
            {
                // IPv6 shows routes without an interface on lo.
                NextHops = kind is RouteKind.Unicast or RouteKind.Local ? hops : [],
                Metric = element.Property("metric")?.GetInt64() ?? 0,
                From = PrefixOf(family, element.Text("from")),
            };
    }

    private static NextHop? Hop(JsonElement element)
    {
        if (element.Text("dev") is not string device || element.Items("flags").Any(flag => flag.GetString() == "dead"))
            return null;

        return new NextHop(device, element.Text("gateway") ?? element.Property("via")?.Text("host"));
    }

    private static RouteKind? KindOf(string? type) => type switch
    {
        null => RouteKind.Unicast,
        _ when int.TryParse(type, NumberStyles.None, CultureInfo.InvariantCulture, out int number) =>
            Enum.IsDefined((RouteKind)number) ? (RouteKind)number : null,
        _ => Enum.TryParse(type, ignoreCase: true, out RouteKind kind) ? kind : null,
    };

    private static int TableOf(JsonElement element) =>
        element.Text("table") is string text ? KernelTable.Parse(text) : KernelTable.Main;

    private static Cidr? PrefixOf(IpFamily family, string? text) => text switch
    {
        null => null,
        "default" => Cidr.Of(family == IpFamily.IPv4 ? IPAddress.Any : IPAddress.IPv6Any, 0),
        _ => Cidr.TryParse(text, out Cidr prefix) ? prefix : null,
    };
}
