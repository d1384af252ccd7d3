using System.Globalization;
using System.Net;
using TailSplit.Core.Model;

namespace TailSplit.Tests.Fakes.Routing;

/// <summary>
/// A route of the fake kernel; <paramref name="Type"/> is RTN_UNICAST (1), RTN_LOCAL (2) or another of its numbers.
/// </summary>
internal sealed record FakeRoute(int Table, int Type, Cidr Destination, string Device, string? Gateway = null);

/// <summary>
/// All tables of one family, and the kernel's answer about one packet: what <c>ip -N -j route show table all</c> and
/// <c>ip -N -j route get</c> of iproute2 6.1 print. It shares no code with what traces packets.
/// </summary>
internal sealed class FakeRouteTables(
    IpFamily family, IReadOnlyList<FakeRoutingRule> rules, IReadOnlyList<FakeRoute> routes, Predicate<string> hasLink)
{
    private const int Main = 254;

    public string All() => $"[{string.Join(',', routes.Select(Line))}]";

    /// <param name="words">What comes after <c>route get</c>.</param>
    public string Get(ReadOnlySpan<string> words)
    {
        Queue<string> rest = new(words.ToArray());
        IPAddress to = IPAddress.Parse(rest.Dequeue());
        IPAddress from = to;
        string iif = "";
        uint mark = 0;
        int? protocol = null;
        int? port = null;
        while (rest.TryDequeue(out string? word))
        {
            string value = rest.Dequeue();
            switch (word)
            {
                case "from":
                    from = IPAddress.Parse(value);
                    break;
                case "iif":
                    iif = value;
                    break;
                case "mark":
                    mark = uint.Parse(value[2..], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
                    break;
                case "ipproto":
                    protocol = int.Parse(value, NumberStyles.None, CultureInfo.InvariantCulture);
                    break;
                case "dport":
                    port = int.Parse(value, NumberStyles.None, CultureInfo.InvariantCulture);
                    break;
                default:
                    throw new ToolFailure(255, $"Error: argument \"{word}\" is wrong: Failed to parse \"route get\"");
            }
        }

        if (!hasLink(iif))
            throw new ToolFailure(1, $"Cannot find device \"{iif}\"");

        FakeRoute route = Decide(to, from, iif, mark, protocol, port);
        string gateway = route.Gateway is null ? "" : $"\"gateway\":\"{route.Gateway}\",";
        string type = route.Type == 2 ? "\"type\":\"2\"," : "";
        string device = route.Type == 2 ? "lo" : route.Device;
        string table = route.Table == Main ? "" : $"\"table\":\"{route.Table}\",";
        return $"[{{{type}\"dst\":\"{to}\",\"from\":\"{from}\",{gateway}\"dev\":\"{device}\",{table}\"flags\":[],\"cache\":[],\"iif\":\"{iif}\"}}]";
    }

    private FakeRoute Decide(IPAddress to, IPAddress from, string iif, uint mark, int? protocol, int? port)
    {
        int next = 0;
        foreach (FakeRoutingRule rule in rules.OrderBy(rule => rule.Preference))
        {
            if (rule.Preference < next)
                continue;

            bool matches =
                (rule.From?.Contains(from) ?? true)
                    && (rule.To?.Contains(to) ?? true)
                    && (rule.Iif is null || rule.Iif == iif)
                    && (rule.IpProtocol is null || rule.IpProtocol == protocol)
                    && (rule.Port is null || rule.Port == port)
                    && (rule.Mark is not (uint value, uint mask) || (mark & mask) == value);
            if (!matches)
                continue;

            if (rule.Goto is int target)
            {
                next = rules.Any(other => other.Preference == target) ? target : next;
                continue;
            }

            if (rule.End is string end)
                throw new ToolFailure(
                    2,
                    "RTNETLINK answers: " + end switch
                    {
                        "prohibit" => "Permission denied",
                        "unreachable" => "Network is unreachable",
                        _ => "Invalid argument",
                    });

            FakeRoute? found = routes
                .Where(route => route.Table == rule.Table && route.Destination.Contains(to))
                .MaxBy(route => route.Destination.PrefixLength);
            // RTN_THROW: the next rule is asked.
            if (found is not null && found.Type != 9 && !(found.Destination.PrefixLength <= rule.SuppressPrefixLength))
                return found;
        }

        throw new ToolFailure(2, "RTNETLINK answers: Network is unreachable");
    }

    private string Line(FakeRoute route)
    {
        string type = route.Type == 1 ? "" : $"\"type\":\"{route.Type}\",";
        string to =
            route.Destination.PrefixLength == 0
                ? "default"
                : route.Destination.IsHost
                ? $"{route.Destination.Address}"
                : $"{route.Destination}";
        string gateway = route.Gateway is null ? "" : $"\"gateway\":\"{route.Gateway}\",";
        string table = route.Table == Main ? "" : $"\"table\":\"{route.Table}\",";
        string device = route.Type == 9 ? "" : $"\"dev\":\"{route.Device}\",";
        string metric = family == IpFamily.IPv6 ? "\"metric\":1024,\"pref\":\"medium\"," : "";
        return $"{{{type}\"dst\":\"{to}\",{gateway}{device}{table}{metric}\"flags\":[]}}";
    }
}
