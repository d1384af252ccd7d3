using System.Globalization;

namespace TailSplit.Lab.Tracing;

/// <summary>
/// A table of nft with chains, sets and maps that chance picks. It leaves alone what does not come from the networks,
/// and neighbour discovery, without which no packet of IPv6 goes anywhere.
/// </summary>
internal sealed class RandomNativeTable(Random random, string name, IReadOnlyList<string> bridges, int firstPort)
{
    // Between those of iptables, so that the order is known; in input, before the sightings.
    private static readonly Dictionary<string, int[]> s_priorities = new()
    {
        ["prerouting"] = [-310, -250, -170, -145, -120, -60],
        ["input"] = [-170, -10, 5],
        ["forward"] = [-170, -10, 5, 20],
        ["postrouting"] = [-170, -10, 20, 120],
    };

    private static readonly Place[] s_places =
        [Place.Internet, Place.Lan, Place.Tailnet, Place.SubnetRoute, Place.HostLan, Place.HostWan];

    private readonly HashSet<(string Hook, int Priority)> _taken = [];

    public string Name => name;

    /// <summary>The table as nft reads it, another one each time.</summary>
    public string Next()
    {
        _taken.Clear();
        string[] chains = [.. Enumerable.Range(0, 1 + random.Next(3)).Select(BaseChain)];
        Place set = Pick(s_places);
        Place map = Pick(s_places);
        return $$"""
            table inet {{name}} {
              set v4 { type ipv4_addr; flags interval; elements = { {{set.V4}}, 172.30.3.0/24 } }
              set v6 { type ipv6_addr; flags interval; elements = { {{set.V6}}, 2001:db8:d:3::/64 } }
              set flows { type ipv4_addr . inet_service; elements = { {{set.V4}} . {{Port()}}, {{map.V4}} . {{Port()}} } }
              map in { type ifname : verdict; elements = { "{{Pick(bridges)}}" : {{Verdict("input")}} } }
              map to4 { type ipv4_addr : verdict; flags interval; elements = { {{map.V4}} : {{Verdict("input")}}, 172.30.2.0/24 : {{Verdict("input")}} } }
              map to6 { type ipv6_addr : verdict; flags interval; elements = { {{map.V6}} : {{Verdict("input")}} } }
              chain last { {{Rule("other")}}; counter return; }
              chain other { {{Rule("other")}}; {{Rule("other")}}; }
              {{string.Join("\n  ", chains)}}
            }
            """;
    }

    private string BaseChain(int number)
    {
        string hook = Pick("prerouting", "prerouting", "input", "forward", "forward", "postrouting");
        // A chain of nat sees what filter did; its own priority decides among those of nat alone.
        bool isNat = hook == "postrouting" && random.Next(2) == 0;
        // Which of two chains with one priority comes first can't be seen. TailSplit's own chain of nat has 90.
        int priority = isNat ? Pick(80, 110) : Pick(s_priorities[hook]);
        while (!_taken.Add((hook, priority)))
            priority++;

        string policy = random.Next(8) == 0 ? "drop" : "accept";
        string ours = $"iifname != {{ {string.Join(", ", bridges.Select(bridge => $"\"{bridge}\""))} }} accept";
        const string neighbours =
            "icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert, nd-router-solicit, nd-router-advert } accept";
        string rules = string.Join("; ", Enumerable.Range(0, 2 + random.Next(4)).Select(_ => Rule(hook)));
        string translation = isNat ? "; oifname { \"eth0\", \"tailscale0\" } masquerade" : "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"chain base{number} {{ type {(isNat ? "nat" : "filter")} hook {hook} priority {priority}; policy {policy}; {ours}; {neighbours}; {rules}{translation}; }}");
    }

    private string Rule(string hook)
    {
        if (hook is not "other" && random.Next(8) == 0)
            return Pick("iifname vmap @in", "ip daddr vmap @to4", "ip6 daddr vmap @to6");

        string matches = string.Join(' ', Enumerable.Range(0, 1 + random.Next(2)).Select(_ => Match(hook)));
        return $"{matches} {(random.Next(3) == 0 ? "counter " : "")}{Verdict(hook)}";
    }

    private string Verdict(string hook) => random.Next(12) switch
    {
        0 or 1 or 2 => "drop",
        3 => "accept",
        4 => "return",
        5 when hook is "input" or "forward" or "prerouting" or "postrouting" => Pick("jump other", "goto other"),
        6 when hook is "other" => Pick("jump last", "goto last"),
        7 when hook is "forward" => "reject",
        8 when hook is "prerouting" => "meta mark set meta mark and 0xff00ffff or 0x80000",
        9 when hook is "prerouting" => "ct mark set meta mark or 0x1",
        10 when hook is "prerouting" => "meta mark set ct mark and 0xff",
        _ => "continue",
    };

    private string Match(string hook)
    {
        Place place = Pick(s_places);
        return random.Next(26) switch
        {
            0 => $"iifname \"{Pick(bridges)}\"",
            1 => $"iifname != \"{Pick(bridges)}\"",
            2 => "iifname \"br-*\"",
            3 when hook is "forward" or "postrouting" => $"oifname {Pick("\"eth0\"", "{ \"tailscale0\", \"lan0\" }", "!= \"eth0\"", "\"br-*\"")}",
            4 => $"ip daddr {place.V4}",
            5 => $"ip6 daddr {place.V6}",
            6 => $"ip daddr != {place.V4}",
            7 => $"ip daddr {Pick("@v4", "!= @v4", "{ 10.0.0.0/24, 100.64.0.0/10 }", "10.0.0.2-10.0.0.30", "172.30.0.0/16")}",
            8 => $"ip6 daddr {Pick("@v6", "!= @v6", "fd00::/8", "2001:db8:d::/48")}",
            9 => $"ip saddr {Pick("172.30.1.0/24", "@v4", "172.30.2.2-172.30.3.9")}",
            10 => $"meta l4proto {Pick("tcp", "udp", "{ tcp, udp }", "icmp", "ipv6-icmp", "gre", "{ esp, gre }", "!= tcp")}",
            11 => $"meta nfproto {Pick("ipv4", "ipv6")}",
            12 => $"{Pick("tcp", "udp")} dport {Pick($"{Port()}", $"{Port()}-{firstPort + 9}", $"!= {Port()}", $"{{ {firstPort}, {firstPort + 3}-{firstPort + 6} }}")}",
            13 => $"meta l4proto {{ tcp, udp }} th dport {Port()}",
            14 => $"icmp type {Pick("echo-request", "echo-reply", "{ echo-request, redirect }")}",
            15 => $"icmpv6 type {Pick("echo-request", "echo-reply")}",
            16 => $"ct state {Pick("new", "established,related", "{ new, established }", "!= new", "invalid")}",
            17 => Pick("ct direction original", "ct direction reply", "ct status dnat", "ct mark 0", "ct mark & 0xff == 0x1"),
            18 => Pick("meta mark & 0xff0000 == 0x80000", "meta mark & 0xff0000 != 0x80000", "meta mark 0", "meta mark < 0x100"),
            19 => $"ct original ip daddr {place.V4}",
            20 => $"ct reply ip saddr {Pick(place.V4.ToString(), "172.30.0.0/16")}",
            21 => $"tcp flags {Pick("syn", "syn / syn,rst", "& (fin | rst) == 0", "! ack")}",
            22 => Pick("ip protocol tcp", "ip protocol { udp, icmp }", "ip6 nexthdr udp"),
            23 => "ip daddr . tcp dport @flows",
            24 when hook is "prerouting" or "input" or "forward" => $"fib {Pick("daddr type local", "daddr type != local", "saddr type local", "saddr type unicast")}",
            25 when hook is "prerouting" => $"fib {Pick("saddr . iif oif missing", "saddr . iif oif exists", "daddr . iif type local")}",
            _ => $"ip daddr {{ {place.V4}, {Pick(s_places).V4} }}",
        };
    }

    private int Port() => firstPort + random.Next(10);

    private T Pick<T>(params IReadOnlyList<T> from) => from[random.Next(from.Count)];
}
