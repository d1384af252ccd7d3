using TailSplit.Lab.Attacks;
using TailSplit.Lab.Options;

namespace TailSplit.Lab.Transitions;

/// <summary>After the last policy the host's rules are byte for byte what they were.</summary>
public abstract class RemovalTests(AttackLab split)
{
    private Lab Lab => split.Lab;

    public static TheoryData<string> Policies() => new(
        "New-TailSplitBypass",
        "New-TailSplitBypass -Mechanism Route -Exclude 198.51.100.11, 2001:db8:51::/64",
        "New-TailSplitKillswitch",
        "New-TailSplitKillswitch -AllowDestination 10.0.0.20, fd00:10::/64 -AllowPublishedPort -BlockHost -Action " +
        "Reject");

    [Theory]
    [MemberData(nameof(Policies))]
    public async Task A_removed_policy_leaves_nothing_behind(string policy)
    {
        await split.Remove();
        await NothingIsLeftOf($"Get-DockerNetwork torrents | {policy} | Out-Null", "Remove-TailSplitPolicy *");
    }

    [Fact]
    public async Task Many_policies_added_and_removed_one_by_one_leave_nothing_behind()
    {
        await split.Remove();
        await NothingIsLeftOf(
            """
            Get-DockerNetwork media | New-TailSplitBypass -Exclude 198.51.100.11 | Out-Null
            'torrents', 'plain' | Get-DockerNetwork | New-TailSplitKillswitch | Out-Null
            Get-DockerNetwork torrents | New-TailSplitKillswitch -Force -BlockHost | Out-Null
            Get-DockerNetwork media | New-TailSplitKillswitch -Force | Out-Null
            New-TailSplitBypass -Subnet 172.30.200.0/24 -Bridge nobridge0 | Out-Null
            """,
            """
            Get-DockerNetwork media | Remove-TailSplitPolicy | Out-Null
            Get-TailSplitPolicy torrents | Remove-TailSplitPolicy | Out-Null
            Remove-TailSplitPolicy *
            """);
    }

    [Theory]
    [InlineData("-F DOCKER-USER")]
    [InlineData("-A DOCKER-USER -j RETURN")]
    [InlineData("-I DOCKER-USER 1 -s 192.0.2.200/32 -m comment --comment someone's -j DROP")]
    [InlineData("-A FORWARD -i nobridge0 -j ACCEPT")]
    public async Task Foreign_rules_stay_as_they_were(string rule)
    {
        await split.Remove();
        await using RulesKeeper keeper = await RulesKeeper.Keep(split);
        await Layers.Iptables(Lab, "iptables", rule);
        await NothingIsLeftOf(
            """
            Get-DockerNetwork media | New-TailSplitBypass | Out-Null
            Get-DockerNetwork torrents | New-TailSplitKillswitch -BlockHost | Out-Null
            """,
            "Remove-TailSplitPolicy *");
    }

    private async Task NothingIsLeftOf(string apply, string remove)
    {
        string before = await Lab.Snapshot();
        await split.Run(apply);
        string during = await Lab.Snapshot();
        Assert.Contains(
            Lab.Backend is FirewallBackend.Nftables ? "inet tailsplit: " : "TAILSPLIT-", during, StringComparison.Ordinal);
        Assert.Contains("proto 84", during, StringComparison.Ordinal);
        await split.Run($"{remove} | Out-Null");
        Assert.Equal(before, await Lab.Snapshot());
    }
}

[Collection(typeof(NfTablesTransitions))]
public sealed class NfTablesRemovalTests(NfTablesAttackLab lab) : RemovalTests(lab);

[Collection(typeof(LegacyTransitions))]
public sealed class LegacyRemovalTests(LegacyAttackLab lab) : RemovalTests(lab);

[Collection(typeof(OwnTableTransitions))]
public sealed class OwnTableRemovalTests(OwnTableAttackLab lab) : RemovalTests(lab);

/// <summary>DOCKER-USER is not there in IPv6: TailSplit makes it, and takes it away again.</summary>
public sealed class NoIp6TablesRemovalTests(NoIp6TablesAttackLab lab)
    : RemovalTests(lab), IClassFixture<NoIp6TablesAttackLab>;
