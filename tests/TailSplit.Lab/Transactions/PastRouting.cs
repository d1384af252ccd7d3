using System.Text.Json;

namespace TailSplit.Lab.Transactions;

/// <summary>
/// Counts on the host what came from one bridge and was routed to the ISP, before any firewall has its say: what the
/// routing layer let through. A table of nft's own, which iptables does not see.
/// </summary>
public sealed class PastRouting : IAsyncDisposable
{
    private const string Table = "past_routing";
    private readonly NetworkNamespace _host;

    private PastRouting(NetworkNamespace host) => _host = host;

    public static async Task<PastRouting> Watch(NetworkNamespace host, string bridge)
    {
        await host.Run(
            "nft",
            ["-f", "-"],
            $$"""
            table inet {{Table}} {
                counter packets_out { }
                chain forwarded {
                    type filter hook forward priority -400
                    iifname "{{bridge}}" oifname "eth0" counter name packets_out
                }
            }
            """);
        return new(host);
    }

    public async Task<long> Count()
    {
        ProgramOutput output = await _host.Run("nft", ["-j", "list", "counters", "table", "inet", Table]);
        using JsonDocument document = JsonDocument.Parse(output.Output);
        return document.RootElement.GetProperty("nftables").EnumerateArray()
            .Where(item => item.TryGetProperty("counter", out _))
            .Sum(item => item.GetProperty("counter").GetProperty("packets").GetInt64());
    }

    public async ValueTask DisposeAsync() => await _host.Run("nft", ["delete", "table", "inet", Table]);
}
