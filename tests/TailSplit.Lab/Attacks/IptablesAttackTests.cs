namespace TailSplit.Lab.Attacks;

/// <summary>The attacks, and those on Docker's chains that lead to TailSplit's in iptables.</summary>
public abstract class IptablesAttackTests(AttackLab split) : AttackTests(split)
{
    [Fact]
    public Task Nothing_leaks_when_docker_user_comes_back_empty() => Split.NothingLeaks(async () =>
    {
        // What is left of it after a firewalld reload (moby#35043): the routing layer holds alone.
        await Iptables("-F DOCKER-USER");
        await Iptables("-F TAILSPLIT-KILLSWITCH", "-A DOCKER-USER -j RETURN");
    });

    [Fact]
    public async Task An_accept_above_the_jump_is_reported_and_the_next_apply_overtakes_it()
    {
        await using RulesKeeper keeper = await RulesKeeper.Keep(Split);
        await Split.Run("Get-DockerNetwork torrents | New-TailSplitKillswitch | Out-Null");
        await Both("-I FORWARD 1 -j ACCEPT");
        Assert.Equal("Degraded", await State());
        await Split.Run("Get-DockerNetwork torrents | New-TailSplitKillswitch | Out-Null");
        Assert.Equal("Active", await State());

        // The firewall layer alone must hold now.
        await DeleteOurIpRules();
        await Lab.Tailscale.Set(new(ExitNode: false));
        LeakCount leaks = await Lab.Leaks.During(
            () => Probe.Ask(Split.Torrents, Place.Internet.V4, patience: TimeSpan.FromMilliseconds(300)));
        Assert.Equal(LeakCount.None, leaks);
    }

    [Fact]
    public async Task A_trailing_return_in_docker_user_does_not_matter()
    {
        await using RulesKeeper keeper = await RulesKeeper.Keep(Split);
        await Iptables("-F DOCKER-USER", "-A DOCKER-USER -j RETURN");
        await Split.Run("Get-DockerNetwork torrents | New-TailSplitKillswitch | Out-Null");
        await DeleteOurIpRules();
        await Lab.Tailscale.Set(new(ExitNode: false));
        LeakCount leaks = await Lab.Leaks.During(
            () => Probe.Ask(Split.Torrents, Place.Internet.V4, patience: TimeSpan.FromMilliseconds(300)));
        Assert.Equal(LeakCount.None, leaks);
    }
}

public sealed class NfTablesAttackTests(NfTablesAttackLab lab) : IptablesAttackTests(lab), IClassFixture<NfTablesAttackLab>;

public sealed class LegacyAttackTests(LegacyAttackLab lab) : IptablesAttackTests(lab), IClassFixture<LegacyAttackLab>;

public sealed class NoIp6TablesAttackTests(NoIp6TablesAttackLab lab)
    : IptablesAttackTests(lab), IClassFixture<NoIp6TablesAttackLab>;

public sealed class SidAttackTests(SidAttackLab lab) : IptablesAttackTests(lab), IClassFixture<SidAttackLab>;
