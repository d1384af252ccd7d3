using System.Net;

namespace TailSplit.Lab.Tracing;

/// <summary>Native nftables rules decide about packets as the trace says.</summary>
public sealed class NativeTraceTests(BookwormTraceLab lab) : IClassFixture<BookwormTraceLab>
{
    private const int FirstPort = 22000;

    private readonly TraceComparison _comparison = new(lab);

    [Fact]
    public async Task What_dockers_native_tables_drop_is_blocked_in_the_trace()
    {
        await Prepare(new(ExitNode: false));
        // Nothing of iptables is in the way between networks.
        string[] tools = ["iptables", "ip6tables"];
        foreach (string tool in tools)
        {
            await lab.Lab.Host.Run(tool, ["-w", "-I", "FORWARD", "-j", "ACCEPT"]);
        }

        try
        {
            Dictionary<string, string> control = await _comparison.Run(FirstPort, []);
            Assert.All(
                (Container[])[lab.Media, lab.Torrents],
                to => Assert.All(to.Addresses, address => Assert.StartsWith("Direct by br-", control[$"plain Tcp {address}"], StringComparison.Ordinal)));

            // The seventh of those that the comparison uses is plain's, for TCP.
            int published = FirstPort + 20 + 6;
            string tables = NativeTables.DockerBridges(lab, published);
            await lab.Lab.Host.Run("nft", ["-f", "-"], tables);
            Dictionary<string, string> seen = await _comparison.Run(FirstPort + 20, [tables]);

            Assert.All(lab.Media.Addresses, address => Assert.Equal("Blocked", seen[$"plain Tcp {address}"]));
            Assert.All(lab.Torrents.Addresses, address => Assert.Equal("Blocked", seen[$"plain Udp {address}"]));
            Assert.All(
                lab.Torrents.Addresses,
                address => Assert.StartsWith("Direct by br-", seen[$"plain Tcp {address}"], StringComparison.Ordinal));
            Assert.Contains("ip docker-bridges raw-PREROUTING ip daddr", await Rule(lab.Media.Addresses[0], published), StringComparison.Ordinal);
            Assert.Contains("comment \"UNPUBLISHED PORT DROP\"", await Rule(lab.Torrents.Addresses[0], published + 1), StringComparison.Ordinal);
        }
        finally
        {
            foreach (string tool in tools)
            {
                await lab.Lab.Host.TryRun(tool, ["-w", "-D", "FORWARD", "-j", "ACCEPT"]);
            }

            await lab.Lab.Host.TryRun("nft", ["delete table ip docker-bridges; delete table ip6 docker-bridges"]);
        }
    }

    [Fact]
    public async Task Tailscales_native_rules_in_tables_of_iptables_are_traced()
    {
        await Prepare(new(ExitNode: true));
        await lab.Run("New-TailSplitBypass media | Out-Null; New-TailSplitKillswitch torrents | Out-Null");
        await lab.Lab.UseTailscale(TailscaleLayout.NfTables);
        try
        {
            // The control: iptables-save does not show these rules.
            ProgramOutput saved = await lab.Lab.Host.TryRun("iptables-save", ["-t", "filter"]);
            Assert.True(!saved.Succeeded || saved.Output.Contains("incompatible", StringComparison.Ordinal), saved.Output);

            Dictionary<string, string> seen = await _comparison.Run(FirstPort + 40, ["Tailscale's native rules"]);

            Assert.Equal("Direct by eth0", seen[$"media Tcp {Place.Internet.V4}"]);
            Assert.Equal("Tunnel by tailscale0", seen[$"torrents Tcp {Place.Internet.V6}"]);
            Assert.Equal(
                "ip filter ts-forward",
                (await lab.Run(
                    $"(Trace-TailSplitPacket torrents -Destination {Place.Internet.V4}).Steps | " +
                    "Where-Object Chain -eq ts-forward | ForEach-Object { \"$($_.Table) $($_.Chain)\" }")).Trim());
        }
        finally
        {
            await lab.Lab.UseTailscale(TailscaleLayout.From1100);
            await lab.Remove();
        }
    }

    [Fact]
    public async Task Policies_in_a_table_of_nft_are_traced()
    {
        await Prepare(new(ExitNode: true));
        Dictionary<string, string> control = await _comparison.Run(FirstPort + 60, []);
        Assert.Equal("Tunnel by tailscale0", control[$"media Tcp {Place.Internet.V4}"]);
        string table = NativeTables.Policies(lab);
        await lab.Lab.Host.Run("nft", ["-f", "-"], table);
        try
        {
            Dictionary<string, string> open = await _comparison.Run(FirstPort + 80, [table]);
            Assert.Equal("Direct by eth0", open[$"media Tcp {Place.Internet.V4}"]);
            Assert.Equal("Tunnel by tailscale0", open[$"torrents Udp {Place.Internet.V6}"]);
            Assert.Equal("Blocked", open[$"torrents Tcp {Place.HostLan.V4}"]);

            await lab.Lab.Tailscale.Set(new(ExitNode: false));
            Dictionary<string, string> closed = await _comparison.Run(FirstPort + 100, [table]);
            Assert.Equal("Blocked", closed[$"torrents Tcp {Place.Internet.V4}"]);
            Assert.Equal("Direct by lan0", closed[$"torrents Icmp {Place.Lan.V4}"]);
            Assert.Equal(
                "inet tailsplit TSK-torrents True",
                (await lab.Run(
                    $"(Trace-TailSplitPacket torrents -Destination {Place.Internet.V4}).Rule | " +
                    "ForEach-Object { \"$($_.Table) $($_.Chain) $($_.IsOwn)\" }")).Trim());
        }
        finally
        {
            await lab.Lab.Host.TryRun("nft", ["delete table inet tailsplit"]);
        }
    }

    private async Task Prepare(TailscaleState state)
    {
        await lab.Remove();
        lab.Lab.SetRpFilter(2);
        await lab.Lab.Tailscale.Set(state);
    }

    private Task<string> Rule(IPAddress to, int port) =>
        lab.Run($"(Trace-TailSplitPacket plain -Destination {to} -Port {port}).Rule.CommandLine");
}
