using TailSplit.Lab.Attacks;
using TailSplit.Lab.Contract;
using TailSplit.Lab.Options;
using TailSplit.Lab.Transactions;

namespace TailSplit.Lab.Backends;

/// <summary>Hosts on which others have written native rules into the tables of iptables, so that iptables-save can't read them.</summary>
public sealed class NativeRulesTests(NativeRulesTests.NativeRulesLab split) : IClassFixture<NativeRulesTests.NativeRulesLab>
{
    private Lab Lab => split.Lab;

    [Fact]
    public async Task A_policy_goes_to_nftables_by_itself_where_a_native_rule_is_in_nat()
    {
        await Begin(TailscaleLayout.From1100);
        await Lab.Host.Run("nft", ["-f", "-"], "table ip nat {\nchain mine {\nip saddr { 192.0.2.1, 192.0.2.2 } masquerade\n}\n}\n");
        try
        {
            ProgramOutput saved = await Lab.Host.TryRun("iptables-nft-save", []);
            Assert.DoesNotContain("*nat", saved.Output, StringComparison.Ordinal);
            await split.Run("New-TailSplitKillswitch torrents | Out-Null; New-TailSplitBypass media | Out-Null");
            Assert.Equal("Nftables Active, Nftables Active", await Backends());
            await Contract();
        }
        finally
        {
            await Lab.Host.RunLines("nft flush chain ip nat mine\nnft delete chain ip nat mine");
        }
    }

    [Fact]
    public async Task A_policy_goes_to_nftables_by_itself_beside_native_rules_of_tailscale()
    {
        await Begin(TailscaleLayout.NfTables);
        await split.Run("New-TailSplitKillswitch torrents | Out-Null; New-TailSplitBypass media | Out-Null");
        Assert.Equal("Nftables Active, Nftables Active", await Backends());
        await Contract();
    }

    [Fact]
    public async Task A_policy_in_iptables_moves_when_tailscale_goes_native_and_nothing_leaks()
    {
        await Begin(TailscaleLayout.From1100);
        await Lab.Tailscale.Set(new(ExitNode: false));
        using Flood flood = Flood.Start(split.Torrents, 46000);
        LeakCount control = await Lab.Leaks.During(() => flood.SendMore(4000));
        Assert.True(
            control.V6 > 0 && control.Total > control.V6, $"The control saw no leak, so the test is void: {control}");
        await split.Run("New-TailSplitKillswitch torrents | Out-Null");
        Assert.Equal("Iptables Active", await Backends());
        await Lab.Leaks.Reset();
        await Lab.UseTailscale(TailscaleLayout.NfTables);
        Assert.StartsWith("Iptables ", await Backends(), StringComparison.Ordinal);

        await using (await FirewallAlone.Begin(split))
        {
            await split.Run("New-TailSplitKillswitch torrents -FirewallBackend Nftables -Force | Out-Null");
            await flood.SendMore(2000);
        }

        Assert.Equal("Nftables Active", await Backends());
        foreach (string family in (string[])["ip", "ip6"])
        {
            Assert.DoesNotContain(
                "tailsplit", (await Lab.Host.Run("nft", ["list", "table", family, "filter"])).Output,
                StringComparison.OrdinalIgnoreCase);
        }

        LeakCount leaks = await Lab.Leaks.Count();
        Assert.True(leaks.Total == 0, $"Leaked: {leaks}");
        await split.Remove();
        Assert.Equal("", await Backends());
    }

    private async Task Begin(TailscaleLayout layout)
    {
        await split.Remove();
        if (Lab.Tailscale.Layout != layout)
        {
            await Lab.UseTailscale(layout);
        }

        await Lab.Tailscale.Set(new());
        Assert.Equal(Way.ExitNode, (await Lab.Ask(split.Torrents, Place.Internet.V4)).Way);
    }

    private async Task Contract()
    {
        Survey survey = new(split);
        await survey.CheckPolicies("exit node on", new());
        await Lab.Tailscale.ExitNodeOff();
        await survey.CheckPolicies("exit node off", new(ExitNode: false));
        Assert.Empty(survey.Wrong);
        await using (await FirewallAlone.Begin(split))
        {
            Assert.Equal(LeakCount.None, await Lab.Leaks.During(() => Expect.Stops(split.Torrents, Place.Internet)));
        }

        await split.Remove();
    }

    private async Task<string> Backends() => (await split.Run(
        "(Get-TailSplitPolicy | ForEach-Object { \"$($_.FirewallBackend) $($_.State)\" }) -join ', '")).Trim();

    public sealed class NativeRulesLab() : AttackLab(new());
}
