using System.Text.RegularExpressions;

namespace TailSplit.Lab;

/// <summary>
/// The same chains as tailscaled writes them with <c>TS_DEBUG_FIREWALL_MODE=nftables</c>: rules of nft's own in
/// iptables' tables, which match <c>tailscale0*</c> (tailscale util/linuxfw/nftables_runner.go).
/// </summary>
internal static partial class NativeChains
{
    private static readonly string[] s_families = ["ip", "ip6"];

    public static string Up(NetfilterMode mode) =>
        string.Join('\n', s_families.Select(family => Up(family, hooks: mode is NetfilterMode.On)));

    /// <summary>Takes away the hooks, by their handles, and the chains.</summary>
    public static async Task Remove(NetworkNamespace host)
    {
        List<string> commands = [];
        foreach (string family in s_families)
        {
            foreach ((string table, string chain) in Hooked)
            {
                ProgramOutput rules = await host.TryRun("nft", ["-a", "list", "chain", family, table, chain]);
                commands.AddRange(rules.Output.Split('\n')
                    .Where(line => line.Contains("jump ts-", StringComparison.Ordinal)
                        || (table == "mangle" && line.Contains("ct mark", StringComparison.Ordinal)))
                    .Select(line => $"delete rule {family} {table} {chain} handle {Handle().Match(line).Groups[1].Value}"));
            }

            foreach ((string table, string chain) in Own)
            {
                if ((await host.TryRun("nft", ["list", "chain", family, table, chain])).Succeeded)
                {
                    commands.AddRange([$"flush chain {family} {table} {chain}", $"delete chain {family} {table} {chain}"]);
                }
            }
        }

        await host.Run("nft", ["-f", "-"], string.Join('\n', commands) + "\n");
    }

    private static (string Table, string Chain)[] Hooked =>
        [("filter", "INPUT"), ("filter", "FORWARD"), ("nat", "POSTROUTING"), ("mangle", "PREROUTING"), ("mangle", "OUTPUT")];

    private static (string Table, string Chain)[] Own =>
        [("filter", "ts-input"), ("filter", "ts-forward"), ("nat", "ts-postrouting")];

    private static string Up(string family, bool hooks)
    {
        bool v6 = family == "ip6";
        string own = v6 ? $"ip6 saddr {Place.HostTailnet.V6}" : $"ip saddr {Place.HostTailnet.V4}";
        string antiSpoofInput = v6
            ? ""
            : """
              add rule ip filter ts-input iifname != "tailscale0*" ip saddr 100.115.92.0/23 counter return
              add rule ip filter ts-input iifname != "tailscale0*" ip saddr 100.64.0.0/10 counter drop
              """;
        string antiSpoofForward = v6
            ? ""
            : "add rule ip filter ts-forward oifname \"tailscale0*\" ip saddr 100.64.0.0/10 counter drop";
        string jumps = hooks
            ? $"""
               insert rule {family} filter INPUT counter jump ts-input
               insert rule {family} filter FORWARD counter jump ts-forward
               insert rule {family} nat POSTROUTING counter jump ts-postrouting
               insert rule {family} mangle PREROUTING ct state established,related ct mark and 0xff0000 != 0 counter meta mark set ct mark and 0xff0000
               insert rule {family} mangle OUTPUT ct state new meta mark and 0xff0000 != 0 counter ct mark set meta mark and 0xff0000
               """
            : "";
        return $$"""
            add table {{family}} filter
            add table {{family}} nat
            add table {{family}} mangle
            add chain {{family}} filter INPUT { type filter hook input priority 0; }
            add chain {{family}} filter FORWARD { type filter hook forward priority 0; }
            add chain {{family}} nat POSTROUTING { type nat hook postrouting priority 100; }
            add chain {{family}} mangle PREROUTING { type filter hook prerouting priority -150; }
            add chain {{family}} mangle OUTPUT { type route hook output priority -150; }
            add chain {{family}} filter ts-input
            add chain {{family}} filter ts-forward
            add chain {{family}} nat ts-postrouting
            add rule {{family}} filter ts-input iifname "lo*" {{own}} counter accept
            {{antiSpoofInput}}
            add rule {{family}} filter ts-input iifname "tailscale0*" counter accept
            add rule {{family}} filter ts-input udp dport {{Ports.Tunnel}} counter accept
            add rule {{family}} filter ts-forward iifname "tailscale0*" counter meta mark set mark and 0xff00ffff xor 0x40000
            add rule {{family}} filter ts-forward meta mark and 0xff0000 == 0x40000 counter accept
            {{antiSpoofForward}}
            add rule {{family}} filter ts-forward oifname "tailscale0*" counter accept
            add rule {{family}} nat ts-postrouting meta mark and 0xff0000 == 0x40000 counter masquerade
            {{jumps}}

            """;
    }

    [GeneratedRegex(@"# handle (\d+)")]
    private static partial Regex Handle();
}
