using System.Net;
using System.Text.Json;

namespace TailSplit.Lab.Tracing;

/// <summary>
/// The packets that came out at one place, by destination, protocol and port (for a ping its identifier, nothing for a
/// protocol without ports): an nft set in the namespace that receives them.
/// </summary>
public sealed class SeenPackets
{
    private static readonly string[] s_sets = ["v4", "v6", "ping4", "ping6", "other4", "other6"];

    private readonly NetworkNamespace _place;
    private readonly Func<string, string> _verdict;

    private SeenPackets(NetworkNamespace place, Func<string, string> verdict) => (_place, _verdict) = (place, verdict);

    /// <param name="place">Where packets come out.</param>
    /// <param name="device">The interface by which they do.</param>
    /// <param name="verdict">What a sighting says of a packet from a network.</param>
    public static Task<SeenPackets> Start(NetworkNamespace place, string device, Func<string, string> verdict) => Hook(
        place,
        // What comes from the exit node has been in the tunnel: with LAN access off, the tunnel leads to Docker's networks
        // too, and the internet leads their public IPv6 addresses back to the host.
        $"""
        type filter hook prerouting priority -310
        iifname != "{device}" return
        ip saddr {Place.ExitNode.V4} return
        ip6 saddr {Place.ExitNode.V6} return
        """,
        verdict);

    /// <summary>What the host's own iptables has let in: after its filter table (priority 0).</summary>
    public static Task<SeenPackets> AtDelivery(NetworkNamespace host, Func<string, string> verdict) =>
        Hook(host, "type filter hook input priority 10", verdict);

    public string VerdictOn(string network) => _verdict(network);

    public async Task<HashSet<string>> Take()
    {
        ProgramOutput output = await _place.Run("nft", ["-j", "-p", "list", "table", "inet", "sighted"]);
        using JsonDocument document = JsonDocument.Parse(output.Output);
        HashSet<string> seen = [];
        foreach (JsonElement item in document.RootElement.GetProperty("nftables").EnumerateArray())
        {
            if (!item.TryGetProperty("set", out JsonElement set)
                || !set.TryGetProperty("elem", out JsonElement elements))
            {
                continue;
            }

            foreach (JsonElement element in elements.EnumerateArray())
            {
                JsonElement[] parts = [.. element.GetProperty("concat").EnumerateArray()];
                IPAddress to = IPAddress.Parse(parts[0].GetString()!);
                seen.Add(
                    set.GetProperty("name").GetString()!.StartsWith("other", StringComparison.Ordinal)
                        ? KeyOf(to, parts[1].GetInt32())
                    : Key(to, NameOf(parts), parts[^1].GetInt32()));
            }
        }

        await _place.Run(
            "nft", ["-f", "-"], string.Join('\n', s_sets.Select(name => $"flush set inet sighted {name}")));
        return seen;
    }

    public static string Key(IPAddress to, string protocol, int port) => $"{to} {protocol} {port}";

    /// <summary>The key of a packet of a protocol without ports.</summary>
    public static string KeyOf(IPAddress to, int protocol) => $"{to} protocol {protocol}";

    // An element of a ping has its identifier alone.
    private static string NameOf(JsonElement[] parts) =>
        parts.Length == 2 ? "icmp" : parts[1].GetInt32() == 6 ? "tcp" : "udp";

    private static async Task<SeenPackets> Hook(NetworkNamespace place, string hook, Func<string, string> verdict)
    {
        await place.Run("nft", ["-f", "-"], $$"""
            table inet sighted {
                set v4 { type ipv4_addr . inet_proto . inet_service; flags dynamic; size 8192; }
                set v6 { type ipv6_addr . inet_proto . inet_service; flags dynamic; size 8192; }
                set ping4 { typeof ip daddr . icmp id; flags dynamic; size 8192; }
                set ping6 { typeof ip6 daddr . icmpv6 id; flags dynamic; size 8192; }
                set other4 { typeof ip daddr . meta l4proto; flags dynamic; size 8192; }
                set other6 { typeof ip6 daddr . meta l4proto; flags dynamic; size 8192; }
                chain arriving {
                    {{hook}}
                    meta l4proto { tcp, udp } meta nfproto ipv4 add @v4 { ip daddr . meta l4proto . th dport }
                    meta l4proto { tcp, udp } meta nfproto ipv6 add @v6 { ip6 daddr . meta l4proto . th dport }
                    icmp type echo-request add @ping4 { ip daddr . icmp id }
                    icmpv6 type echo-request add @ping6 { ip6 daddr . icmpv6 id }
                    meta l4proto != { tcp, udp, icmp, ipv6-icmp } meta nfproto ipv4 add @other4 { ip daddr . meta l4proto }
                    meta l4proto != { tcp, udp, icmp, ipv6-icmp } meta nfproto ipv6 add @other6 { ip6 daddr . meta l4proto }
                }
            }
            """);
        return new(place, verdict);
    }
}
