using System.Net.Sockets;
using TailSplit.Lab.Contract;

namespace TailSplit.Lab.Attacks;

/// <summary>
/// A killswitch under attack: a container sends to the internet without pause, in both families, while something
/// happens to the host. What counts is what the ISP sees in clear, which must be nothing.
/// </summary>
public abstract class AttackLab(LabOptions options) : SplitLab(options)
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(2);
    private const int Enough = 60;

    private int _port = 41000;

    /// <summary>
    /// Runs the attack on a closed killswitch. First the control: without a policy the same container's packets do
    /// reach the ISP.
    /// </summary>
    /// <param name="attack">What happens; afterwards the flows go on for a while.</param>
    /// <param name="exitNode">
    /// Whether the exit node is on when it happens; off, only the killswitch holds packets back.
    /// </param>
    /// <param name="killswitch">Options of the killswitch.</param>
    public async Task NothingLeaks(Func<Task> attack, bool exitNode = false, string killswitch = "")
    {
        await using RulesKeeper keeper = await RulesKeeper.Keep(this);
        await Lab.Tailscale.Set(new(ExitNode: false));
        await using UdpFlow v4 = Flow(AddressFamily.InterNetwork);
        await using UdpFlow v6 = Flow(AddressFamily.InterNetworkV6);
        LeakCount control = await Lab.Leaks.During(async () =>
        {
            await v4.SendMore(Enough);
            await v6.SendMore(Enough);
        });
        Assert.True(
            control is { Udp: > Enough, V6: > Enough / 2 }, $"The control saw no leak, so the test is void: {control}");

        // From here on not one packet, though both flows began before the policy.
        await Run($"Get-DockerNetwork torrents | New-TailSplitKillswitch {killswitch} | Out-Null");
        await Lab.Leaks.Reset();
        await Lab.Tailscale.Set(new(ExitNode: exitNode));
        await v4.SendMore(Enough);
        await attack();
        await v4.SendMore(Enough);
        await v6.SendMore(Enough);
        LeakCount leaks = await Lab.Leaks.Count();
        Assert.True(leaks.Total == 0, $"Leaked: {leaks}");
    }

    public UdpFlow Flow(AddressFamily family) =>
        UdpFlow.Start(Torrents, Place.Internet.At(family), s_interval, sourcePort: _port++);
}

public sealed class NfTablesAttackLab() : AttackLab(new());

public sealed class LegacyAttackLab() : AttackLab(new() { Docker = new() { Iptables = IptablesVariant.Legacy } });

/// <summary>Without ip6tables, as Engine 20.10 is by itself: IPv6 has no DOCKER-USER at all.</summary>
public sealed class NoIp6TablesAttackLab() : AttackLab(new() { Docker = new() { Ip6Tables = false } });

/// <summary>Engine 28: DOCKER-FORWARD, and drops in the raw table.</summary>
public sealed class SidAttackLab() : AttackLab(new() { Docker = new() { Engine = Engine.Sid, Dns = NameServers.OfItsOwn } });
