using TailSplit.Lab.Attacks;
using TailSplit.Lab.Options;

namespace TailSplit.Lab.Backends;

/// <summary>Others write to nf_tables beside TailSplit's table, and into it.</summary>
[Collection(typeof(SharedBackendLab))]
public sealed class ForeignWriterTests(BackendLab split)
{
    private const string New = "New-TailSplitKillswitch torrents -FirewallBackend Nftables | Out-Null";

    private Lab Lab => split.Lab;

    [Fact]
    public async Task Flushing_every_table_of_iptables_leaves_the_policy_whole()
    {
        await using RulesKeeper keeper = await RulesKeeper.Keep(split);
        await Begin();
        foreach (string family in (string[])["ip", "ip6"])
        {
            await Lab.Host.RunLines($"nft flush table {family} filter\nnft flush table {family} nat\nnft flush table {family} mangle");
        }

        Assert.Equal("Active", await State());
        await TheFirewallAloneHolds();
    }

    [Theory]
    [InlineData(-20)]
    [InlineData(10)]
    public async Task An_accept_in_a_chain_of_others_does_not_open_it(int priority)
    {
        await Begin();
        await Lab.Host.Run("nft", ["-f", "-"], Table(
            "others", $"chain forward {{\ntype filter hook forward priority {priority}\naccept\n}}"));
        try
        {
            Assert.Equal("Active", await State());
            await TheFirewallAloneHolds();
        }
        finally
        {
            await Lab.Host.RunLines("nft delete table inet others");
        }
    }

    [Fact]
    public async Task A_foreign_rule_in_a_chain_of_ours_is_reported_overtaken_and_left_there()
    {
        await Begin();
        await Lab.Host.RunLines("nft insert rule inet tailsplit TSK-torrents accept");
        try
        {
            Assert.Equal("Degraded", await State());
            // Routing holds while the firewall is open.
            Assert.Equal(LeakCount.None, await Lab.Leaks.During(() => Expect.Stops(split.Torrents, Place.Internet)));

            await split.Run(New);
            await TheFirewallAloneHolds();
            await split.Run(New);
            await split.Remove();
            string left = await Table();
            Assert.Contains("accept", left, StringComparison.Ordinal);
            Assert.DoesNotContain("drop", left, StringComparison.Ordinal);
            Assert.Equal("", await split.Run("Get-TailSplitPolicy"));
        }
        finally
        {
            await Lab.Host.RunLines("nft delete table inet tailsplit");
        }
    }

    [Fact]
    public async Task A_foreign_chain_in_the_table_stays_when_the_last_policy_goes()
    {
        await Begin();
        await Lab.Host.Run("nft", ["-f", "-"], Table(
            "tailsplit", "chain mine {\ntype filter hook forward priority 50\nip daddr 192.0.2.9 counter drop\n}"));
        try
        {
            await TheFirewallAloneHolds();
            await split.Run(New);
            await split.Remove();
            string left = await Table();
            Assert.Contains("192.0.2.9", left, StringComparison.Ordinal);
            Assert.DoesNotContain("TSK-", left, StringComparison.Ordinal);
        }
        finally
        {
            await Lab.Host.RunLines("nft delete table inet tailsplit");
        }
    }

    private static string Table(string name, string content) => $"table inet {name} {{\n{content}\n}}\n";

    private async Task Begin()
    {
        await split.Remove();
        await Lab.Tailscale.Set(new(ExitNode: false));
        // The control: without a policy it leaves.
        await Lab.Leaks.Control(() => Lab.Ask(split.Torrents, Place.Internet.V4));
        await split.Run(New);
    }

    private async Task TheFirewallAloneHolds()
    {
        await using FirewallAlone alone = await FirewallAlone.Begin(split);
        Assert.Equal(LeakCount.None, await Lab.Leaks.During(() => Expect.Stops(split.Torrents, Place.Internet)));
    }

    private async Task<string> State() => (await split.Run("(Get-TailSplitPolicy torrents).State.ToString()")).Trim();

    private async Task<string> Table() =>
        (await Lab.Host.Run("nft", ["list", "table", "inet", "tailsplit"])).Output;
}
