namespace TailSplit.Lab.Attacks;

/// <summary>The attacks on policies in TailSplit's own table, beside Docker and Tailscale in iptables.</summary>
public sealed class OwnTableAttackTests(OwnTableAttackLab lab) : AttackTests(lab), IClassFixture<OwnTableAttackLab>
{
    [Fact]
    public async Task An_accept_first_in_forward_does_not_matter()
    {
        await using RulesKeeper keeper = await RulesKeeper.Keep(Split);
        await Split.Run("Get-DockerNetwork torrents | New-TailSplitKillswitch | Out-Null");
        await Both("-I FORWARD 1 -j ACCEPT");
        Assert.Equal("Active", await State());
        await TheFirewallAloneHolds();
    }

    private async Task TheFirewallAloneHolds()
    {
        await DeleteOurIpRules();
        await Lab.Tailscale.Set(new(ExitNode: false));
        LeakCount leaks = await Lab.Leaks.During(
            () => Probe.Ask(Split.Torrents, Place.Internet.V4, patience: TimeSpan.FromMilliseconds(300)));
        Assert.Equal(LeakCount.None, leaks);
    }
}

public sealed class OwnTableAttackLab() : AttackLab(new() { Backend = FirewallBackend.Nftables });
