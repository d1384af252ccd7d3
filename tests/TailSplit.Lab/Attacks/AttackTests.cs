using System.Net;

namespace TailSplit.Lab.Attacks;

/// <summary>Whatever happens to tunnel, firewall or routing: a killswitched container sends nothing in clear.</summary>
public abstract class AttackTests(AttackLab split)
{
    protected AttackLab Split => split;

    protected Lab Lab => split.Lab;

    [Fact]
    public Task Nothing_leaks_when_the_tunnel_crashes_in_the_middle_of_a_flow() => split.NothingLeaks(
        async () =>
        {
            await Lab.Tailscale.Crash();
            await Task.Delay(200);
            await Lab.Tailscale.Recover();
        },
        exitNode: true);

    [Fact]
    public Task Nothing_leaks_when_the_interface_goes_down() => split.NothingLeaks(
        async () =>
        {
            await Lab.Tunnel.InterfaceDown();
            await Task.Delay(200);
            await Lab.Tailscale.RestartDaemon();
        },
        exitNode: true);

    [Fact]
    public Task Nothing_leaks_when_the_exit_node_goes_off_and_on() => split.NothingLeaks(
        async () =>
        {
            await Lab.Tailscale.ExitNodeOff();
            await Task.Delay(100);
            await Lab.Tailscale.ExitNodeOn();
        },
        exitNode: true);

    [Fact]
    public Task Nothing_leaks_when_tailscale_goes_down_and_up() => split.NothingLeaks(
        async () =>
        {
            await Lab.Tailscale.Down();
            await Task.Delay(100);
            await Lab.Tailscale.Up();
        },
        exitNode: true);

    [Fact]
    public Task Nothing_leaks_when_tailscaled_restarts() =>
        split.NothingLeaks(Lab.Tailscale.RestartDaemon, exitNode: true);

    [Fact]
    public Task Nothing_leaks_when_the_filter_table_is_flushed() => split.NothingLeaks(() => Flush("filter"));

    [Fact]
    public Task Nothing_leaks_when_every_table_is_flushed() =>
        split.NothingLeaks(() => Flush("filter", "nat", "mangle"));

    [Fact]
    public Task Nothing_leaks_when_nft_flushes_its_ruleset() => split.NothingLeaks(
        () => Lab.Host.Run("nft", ["flush", "ruleset"]));

    [Fact]
    public Task Nothing_leaks_when_our_ip_rules_are_deleted() => split.NothingLeaks(DeleteOurIpRules);

    [Fact]
    public Task Nothing_leaks_with_an_accept_above_the_jump_to_docker_user() => split.NothingLeaks(
        () => Both("-I FORWARD 1 -j ACCEPT"));

    [Theory]
    [InlineData("10.99.99.99")]
    [InlineData("172.30.3.77")]
    [InlineData("172.30.1.77")]
    [InlineData("127.0.0.5")]
    [InlineData("203.0.113.2")]
    [InlineData("2001:db8:d:1::77")]
    [InlineData("2001:db8:bad::1")]
    public async Task A_foreign_source_address_is_caught_by_each_layer_alone(string source)
    {
        IPAddress from = IPAddress.Parse(source);
        IPAddress to = Place.Internet.At(from.AddressFamily);
        await using RulesKeeper keeper = await RulesKeeper.Keep(split);
        await Lab.Tailscale.Set(new(ExitNode: false));
        Lab.SetRpFilter(0);
        // A first packet would wait for its neighbour's address, and not be in the count.
        await Probe.Ask(split.Torrents, to);
        LeakCount control = await Send();
        // 127/8 from a bridge is a martian to the kernel itself (route_localnet is off).
        Assert.True(
            control.Udp > 0 || IPAddress.IsLoopback(from) || source == "203.0.113.2",
            "The control saw no leak, so the test is void.");

        await split.Run("Get-DockerNetwork torrents | New-TailSplitKillswitch | Out-Null");
        Assert.Equal(LeakCount.None, await Send());
        await DeleteOurIpRules();
        Assert.Equal(LeakCount.None, await Send());
        await split.Run("Get-DockerNetwork torrents | New-TailSplitKillswitch | Out-Null");
        await Flush("filter");
        Assert.Equal(LeakCount.None, await Send());

        Task<LeakCount> Send() => Lab.Leaks.During(async () =>
        {
            // A port on which nobody answers: the host would answer the answers, to an address that nobody has.
            RawSender.Send(split.Torrents, from, to, port: 9, count: 10);
            await Task.Delay(50);
        });
    }

    protected async Task<string> State() => (await split.Run("(Get-TailSplitPolicy torrents).State.ToString()")).Trim();

    protected async Task DeleteOurIpRules()
    {
        foreach (string family in (string[])["-4", "-6"])
        {
            ProgramOutput flushed = await Lab.Host.TryRun("ip", [family, "rule", "flush", "protocol", "84"]);
            Assert.True(flushed.Succeeded, flushed.Error);
        }
    }

    private async Task Flush(params string[] tables)
    {
        foreach (string table in tables)
        {
            await Both($"-t {table} -F");
        }

        if (Lab.Backend is FirewallBackend.Nftables)
        {
            await Lab.Host.Run("nft", ["flush", "table", "inet", "tailsplit"]);
        }
    }

    protected Task Iptables(params string[] commands) => RunAll("iptables", commands);

    protected async Task Both(params string[] commands)
    {
        await RunAll("iptables", commands);
        await RunAll("ip6tables", commands);
    }

    private async Task RunAll(string tool, string[] commands)
    {
        foreach (string command in commands)
        {
            await Lab.Host.Run(RulesKeeper.Tool(split, tool), ["--wait", .. command.Split(' ')]);
        }
    }
}
