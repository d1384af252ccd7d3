using System.Text.Json;

namespace TailSplit.Lab;

/// <summary>
/// Counts, by an nft rule in the namespace that receives them, the packets that came in from the host: on the ISP's
/// side everything in clear, that is all but the tunnel's own datagrams. ARP is no packet here; neighbour discovery,
/// multicast listener reports and a crashed tunnel's ICMP refusals are no leaks.
/// </summary>
public sealed class LeakCounter
{
    private const string Table = "counted";

    /// <summary>So many flows of a family are named in a count; a flood has more.</summary>
    private const int NamedFlows = 16;
    private readonly NetworkNamespace _receiver;

    private LeakCounter(NetworkNamespace receiver) => _receiver = receiver;

    public static async Task<LeakCounter> Start(NetworkNamespace receiver, string fromInterface)
    {
        await receiver.Run("nft", ["-f", "-"], Rules(fromInterface));
        return new(receiver);
    }

    /// <summary>From zero again.</summary>
    public async Task Reset()
    {
        await _receiver.Run("nft", ["reset", "counters", "table", "inet", Table]);
        await _receiver.Run("nft", ["-f", "-"], $"flush set inet {Table} v4\nflush set inet {Table} v6\n");
    }

    public async Task<LeakCount> Count()
    {
        ProgramOutput output = await _receiver.Run("nft", ["-j", "list", "table", "inet", Table]);
        using JsonDocument document = JsonDocument.Parse(output.Output);
        JsonElement items = document.RootElement.GetProperty("nftables");
        Dictionary<string, long> packets = Named(items, "counter").ToDictionary(
            counter => counter.GetProperty("name").GetString()!,
            counter => counter.GetProperty("packets").GetInt64());
        return new(packets["of_tcp"], packets["of_udp"], packets["of_icmp"], packets["of_other"], packets["of_v6"])
        {
            Flows = string.Join(", ", Named(items, "set").SelectMany(Flows)),
        };
    }

    /// <summary>What passes while the work is done.</summary>
    public async Task<LeakCount> During(Func<Task> work)
    {
        await Reset();
        await work();
        return await Count();
    }

    /// <summary>
    /// What passes while the work is done, and until so many packets have: a first packet waits for its neighbour's
    /// address.
    /// </summary>
    public async Task<LeakCount> UntilSeen(long packets, Func<Task> work)
    {
        LeakCount seen = await During(work);
        await Wait.Until(
            async () => (seen = await Count()).Total >= packets, $"{packets} packets to be counted");
        return seen;
    }

    /// <summary>
    /// The positive control: this work has to be seen, else a count of zero proves nothing. To be run where nothing
    /// stands in the way.
    /// </summary>
    public async Task Control(Func<Task> work)
    {
        LeakCount seen = await During(work);
        await Reset();
        if (seen.Total == 0)
        {
            throw new InvalidOperationException("The counter did not see its control: a zero would prove nothing.");
        }
    }

    private static IEnumerable<JsonElement> Named(JsonElement items, string kind) =>
        items.EnumerateArray().Where(item => item.TryGetProperty(kind, out _)).Select(item => item.GetProperty(kind));

    // Source, destination, protocol, source port, destination port.
    private static IEnumerable<string> Flows(JsonElement set) =>
        set.TryGetProperty("elem", out JsonElement elements)
            ? elements.EnumerateArray().Select(element => string.Join(' ', element.GetProperty("concat").EnumerateArray()))
            : [];

    private static string Rules(string fromInterface) =>
        // tcp, udp and icmp are nft's own words and cannot name a counter.
        $$"""
        table inet {{Table}} {
            counter of_tcp { }
            counter of_udp { }
            counter of_icmp { }
            counter of_other { }
            counter of_v6 { }
            set v4 {
                typeof ip saddr . ip daddr . meta l4proto . th sport . th dport
                size {{NamedFlows}}
                flags dynamic
            }
            set v6 {
                typeof ip6 saddr . ip6 daddr . meta l4proto . th sport . th dport
                size {{NamedFlows}}
                flags dynamic
            }
            chain arriving {
                type filter hook prerouting priority -310
                iifname != "{{fromInterface}}" return
                ip daddr {{Place.ExitNode.V4}} udp sport {{Ports.Tunnel}} udp dport {{Ports.Tunnel}} return
                ip daddr {{Place.ExitNode.V4}} icmp type destination-unreachable return
                icmpv6 type { nd-router-solicit, nd-router-advert, nd-neighbor-solicit, nd-neighbor-advert } return
                icmpv6 type { mld-listener-query, mld-listener-report, mld-listener-done, mld2-listener-report } return
                add @v4 { ip saddr . ip daddr . meta l4proto . th sport . th dport }
                add @v6 { ip6 saddr . ip6 daddr . meta l4proto . th sport . th dport }
                meta nfproto ipv6 counter name of_v6
                meta l4proto tcp counter name of_tcp return
                meta l4proto udp counter name of_udp return
                meta l4proto { icmp, ipv6-icmp } counter name of_icmp return
                counter name of_other
            }
        }
        """;
}
