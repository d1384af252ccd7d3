using System.Globalization;
using System.Net;
using TailSplit.Core.Model;
using TailSplit.Execution.Programs;

namespace TailSplit.Tests.Fakes.Routing;

/// <summary>Policy routing, routes and addresses of the fake host, and the program <c>ip</c>.</summary>
internal sealed class FakeRoutes
{
    private readonly Dictionary<IpFamily, FakeRoutingRules> _rules =
        IpFamilies.All.ToDictionary(family => family, family => new FakeRoutingRules(family));

    private const string Throw = "throw";
    private const int Main = 254;

    // RTN_THROW.
    private const int RouteThrow = 9;

    private readonly Dictionary<(IpFamily, int), List<(string Destination, string Device)>> _tables = [];

    private readonly List<(string Name, List<(IpFamily Family, string Address, int Length)> Addresses)> _links = [];

    /// <summary>By interface, where it is not 1500.</summary>
    public Dictionary<string, int> Mtu { get; } = new(StringComparer.Ordinal);

    /// <summary>By interface, where its name does not say it: what the kernel calls its kind; empty for a card.</summary>
    public Dictionary<string, string> Kinds { get; } = new(StringComparer.Ordinal);

    /// <summary>By interface: the bridge that it is a port of.</summary>
    public Dictionary<string, string> Masters { get; } = new(StringComparer.Ordinal);

    /// <summary>Interfaces of which the other end is in another network namespace.</summary>
    public HashSet<string> PeersElsewhere { get; } = new(StringComparer.Ordinal);

    public IReadOnlyList<FakeRoutingRule> Rules(IpFamily family) => _rules[family].Rules;

    /// <summary>
    /// All ip rules, a line each. Among those of one preference the order is nothing that could be put back.
    /// </summary>
    public string Save() => string.Concat(_rules.SelectMany(rules => rules.Value.Rules
        .OrderBy(rule => rule.Preference)
        .ThenBy(rule => rule.Json(detached: false), StringComparer.Ordinal)
        .Select(rule => $"ip -{(int)rules.Key}: {rule.Json(detached: false)}\n")));

    public void AddLink(string name, params string[] addresses) => _links.Add((name, [.. addresses.Select(Split)]));

    public void RemoveLink(string name) => _links.RemoveAll(link => link.Name == name);

    public void AddRoute(IpFamily family, int table, string destination, string device)
    {
        if (!_tables.TryGetValue((family, table), out List<(string, string)>? routes))
            _tables[(family, table)] = routes = [];

        // One route a prefix: this one takes the place of a throw.
        routes.RemoveAll(route => route == (destination, Throw));
        routes.Add((destination, device));
    }

    /// <summary>A route that says: not here, go on with the next ip rule.</summary>
    public void AddThrow(IpFamily family, int table, string destination) => AddRoute(family, table, destination, Throw);

    public void RemoveThrows(IpFamily family, int table, Cidr within) =>
        _tables[(family, table)].RemoveAll(
            route => route.Device == Throw && within.Contains(Cidr.Parse(route.Destination)));

    /// <summary>What a daemon leaves whose interface has gone: throw routes alone.</summary>
    public void RemoveAllButThrows(int table)
    {
        foreach (IpFamily family in IpFamilies.All)
        {
            if (_tables.TryGetValue((family, table), out List<(string Destination, string Device)>? routes))
                routes.RemoveAll(route => route.Device != Throw);
        }
    }

    public void RemoveTable(int table)
    {
        _tables.Remove((IpFamily.IPv4, table));
        _tables.Remove((IpFamily.IPv6, table));
    }

    /// <summary>What somebody types after <c>ip -4 rule add</c>.</summary>
    public void Add(IpFamily family, string selector) => _rules[family].Add(selector);

    public void Delete(IpFamily family, string selector) => _rules[family].Delete(selector);

    /// <summary>Deletes all rules that a test picks.</summary>
    public int Delete(IpFamily family, Predicate<FakeRoutingRule> which) => _rules[family].Delete(which);

    /// <param name="call">A call of <c>ip</c>.</param>
    /// <param name="halfway">Whether a batch fails with half of its lines done.</param>
    public string Run(ProgramCall call, bool halfway)
    {
        string[] words = [.. call.Arguments];
        IpFamily family = words[0] == "-6" ? IpFamily.IPv6 : IpFamily.IPv4;
        return words switch
        {
            ["-4" or "-6", "-N", "-j", "rule", "show"] => Json(family) + "\n",
            ["-d", "-j", "address", "show"] => Addresses() + "\n",
            ["-4" or "-6", "-j", "route", "show", "table", string table] =>
                Routes(family, int.Parse(table, NumberStyles.None, CultureInfo.InvariantCulture)) + "\n",
            ["-4" or "-6", "-N", "-j", "route", "show", "table", "all"] => TablesOf(family).All() + "\n",
            ["-4" or "-6", "-N", "-j", "route", "get", _, ..] => TablesOf(family).Get(words.AsSpan(5)) + "\n",
            ["-4" or "-6", "-batch", "-"] => Batch(family, call.Input ?? "", halfway),
            _ => throw new ToolFailure(255, $"Object \"{words[^1]}\" is unknown, try \"ip help\"."),
        };
    }

    // Each line takes effect by itself; the first that fails ends the batch.
    private string Batch(IpFamily family, string text, bool halfway)
    {
        string[] lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        int end = halfway ? lines.Length / 2 : lines.Length;
        for (int i = 0; i < end; i++)
        {
            try
            {
                _rules[family].Run(lines[i]);
            }
            catch (ToolFailure failure) when (failure.Result.ExitCode == 2)
            {
                throw new ToolFailure(
                    1, string.Create(CultureInfo.InvariantCulture, $"{failure.Message}\nCommand failed -:{i + 1}"));
            }
        }

        return "";
    }

    private string Json(IpFamily family) => _rules[family].Json(name => _links.Exists(link => link.Name == name));

    private string Routes(IpFamily family, int table)
    {
        IEnumerable<string> added =
            _tables.TryGetValue((family, table), out List<(string Destination, string Device)>? routes)
                ? routes.Select(route => route.Device == Throw
                    ? $"{{\"type\":\"throw\",\"dst\":\"{route.Destination}\",\"flags\":[]}}"
                    : $"{{\"dst\":\"{route.Destination}\",\"dev\":\"{route.Device}\",\"flags\":[]}}")
                : table == Main
                    ? []
                    : throw new ToolFailure(
                        2, $"Error: ipv{(int)family}: FIB table does not exist.\nDump terminated", "[");
        IEnumerable<string> connected = table == Main
            ? Connected(family).Select(route =>
                $"{{\"dst\":\"{route.Destination}\",\"dev\":\"{route.Device}\",\"protocol\":\"kernel\",\"scope\":\"link\",\"flags\":[]}}")
            : [];
        return $"[{string.Join(',', added.Concat(connected))}]";
    }

    private IEnumerable<(Cidr Destination, string Device)> Connected(IpFamily family) =>
        from link in _links
        where link.Name != "lo"
        from address in link.Addresses
        where address.Family == family
        let prefix = Cidr.Of(IPAddress.Parse(address.Address), address.Length)
        where !prefix.IsHost
        select (prefix, link.Name);

    // What addresses bring along, and what was added.
    private FakeRouteTables TablesOf(IpFamily family)
    {
        List<FakeRoute> routes = [];
        foreach ((string name, List<(IpFamily Family, string Address, int Length)> addresses) in _links)
        {
            foreach ((_, string text, int length) in addresses.Where(address => address.Family == family))
            {
                IPAddress address = IPAddress.Parse(text);
                routes.Add(new FakeRoute(255, 2, Cidr.Of(address), name));
                if (name != "lo" && !Cidr.Of(address, length).IsHost)
                    routes.Add(new FakeRoute(254, 1, Cidr.Of(address, length), name));
            }
        }

        foreach (((IpFamily of, int table), List<(string Destination, string Device)> added) in _tables)
        {
            IPAddress any = family == IpFamily.IPv4 ? IPAddress.Any : IPAddress.IPv6Any;
            if (of == family)
                routes.AddRange(added.Select(route => new FakeRoute(
                    table, route.Device == Throw ? RouteThrow : 1, route.Destination == "default" ? Cidr.Of(any, 0) : Cidr.Parse(route.Destination),
                    route.Device)));
        }

        return new FakeRouteTables(family, _rules[family].Rules, routes, name => _links.Exists(link => link.Name == name));
    }

    private string Addresses() => $"[{string.Join(',', _links.Select((link, index) =>
        string.Create(CultureInfo.InvariantCulture, $"{{\"ifindex\":{index + 1},\"ifname\":\"{link.Name}\",\"mtu\":{Mtu.GetValueOrDefault(link.Name, 1500)},{Details(link.Name)}") +
        $"\"addr_info\":[{string.Join(',', link.Addresses.Select(Address))}]}}"))}]";

    // As ip -d prints it, in short.
    private string Details(string name)
    {
        string kind = Kinds.GetValueOrDefault(name) ?? UsualKind(name);
        string info = kind switch
        {
            "" => "",
            "tun" or "tap" => $"\"linkinfo\":{{\"info_kind\":\"tun\",\"info_data\":{{\"type\":\"{kind}\",\"pi\":false}}}},",
            _ => $"\"linkinfo\":{{\"info_kind\":\"{kind}\"}},",
        };
        string master = Masters.TryGetValue(name, out string? of) ? $"\"master\":\"{of}\"," : "";
        string peer = PeersElsewhere.Contains(name) ? "\"link_index\":2,\"link_netnsid\":0," : "";
        return $"{master}{peer}{info}\"num_tx_queues\":1,\"num_rx_queues\":1,";
    }

    private static string UsualKind(string name) =>
        name.StartsWith("br-", StringComparison.Ordinal) || name == "docker0" ? "bridge"
        : name.StartsWith("veth", StringComparison.Ordinal) ? "veth"
        : name.StartsWith("tailscale", StringComparison.Ordinal) || name.StartsWith("ts", StringComparison.Ordinal) || name.StartsWith("tun", StringComparison.Ordinal) ? "tun"
        : name.StartsWith("wg", StringComparison.Ordinal) ? "wireguard"
        : "";

    private static string Address((IpFamily Family, string Address, int Length) address) => string.Create(
        CultureInfo.InvariantCulture,
        $"{{\"family\":\"{(address.Family == IpFamily.IPv4 ? "inet" : "inet6")}\",\"local\":\"{address.Address}\",\"prefixlen\":{address.Length}}}");

    private static (IpFamily, string, int) Split(string text)
    {
        string[] parts = text.Split('/');
        return (
            text.Contains(':', StringComparison.Ordinal) ? IpFamily.IPv6 : IpFamily.IPv4,
            parts[0],
            int.Parse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture));
    }
}
