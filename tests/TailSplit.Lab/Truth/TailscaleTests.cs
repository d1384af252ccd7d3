
namespace TailSplit.Lab.Truth;

/// <summary>What a real tailscaled 1.102.3 was seen to write, leave and answer, by the same commands.</summary>
public sealed class TailscaleTests(TailscaleTests.TwoNetworks two) : IClassFixture<TailscaleTests.TwoNetworks>
{
    private Lab Lab => two.Lab;

    private Tailscale Tailscale => two.Lab.Tailscale;

    [Fact]
    public async Task Adjacent_networks_are_one_throw_route_and_without_lan_access_one_route()
    {
        await Tailscale.Set(new());
        Assert.Contains("throw 172.18.0.0/15", await Routes("-4"), StringComparison.Ordinal);
        Assert.DoesNotContain("172.18.0.0/16", await Routes("-4"), StringComparison.Ordinal);
        await Tailscale.Set(new(AllowLanAccess: false));
        Assert.Contains("172.18.0.0/15 dev tailscale0", await Routes("-4"), StringComparison.Ordinal);
        Assert.Equal(Way.Nowhere, (await Lab.Ask(two.Box, Place.Internet.V4)).Way);
    }

    [Fact]
    public async Task Table_52_has_one_ipv6_route_for_all_peers_and_one_for_magic_dns()
    {
        await Tailscale.Set(new(ExitNode: false, AcceptRoutes: false));
        Assert.Equal(
            ["fd7a:115c:a1e0::/48", "fd7a:115c:a1e0::53"],
            (await Routes("-6")).Split('\n').Select(line => line.Split(' ')[0]).Order());
    }

    [Fact]
    public async Task With_lan_access_the_loopback_and_link_local_addresses_are_thrown_too()
    {
        await Tailscale.Set(new());
        Assert.Contains("throw 127.0.0.0/8", await Routes("-4"), StringComparison.Ordinal);
        Assert.Contains("throw fe80::/64 dev lo metric 1024", await Routes("-6"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_lan_access_link_local_addresses_are_in_the_tunnel_and_the_loopback_is_thrown()
    {
        await Tailscale.Set(new(AllowLanAccess: false));
        Assert.Contains("throw 127.0.0.0/8", await Routes("-4"), StringComparison.Ordinal);
        Assert.Contains("fe80::/64 dev tailscale0", await Routes("-6"), StringComparison.Ordinal);
        Assert.DoesNotContain("throw", await Routes("-6"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_an_exit_node_nothing_is_thrown()
    {
        await Tailscale.Set(new(ExitNode: false));
        Assert.DoesNotContain("throw", await Routes("-4") + await Routes("-6"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_network_that_docker_creates_is_noticed_later(bool lanAccess)
    {
        await Tailscale.Set(new(AllowLanAccess: lanAccess));
        await Lab.Docker.CreateNetwork("late", new() { Subnet = "172.25.0.0/24" });
        try
        {
            Assert.DoesNotContain("172.25.0.0/24", await Routes("-4"), StringComparison.Ordinal);
            await Tailscale.NoticeNetworks();
            Assert.Contains(
                lanAccess ? "throw 172.25.0.0/24" : "172.25.0.0/24 dev tailscale0",
                await Routes("-4"), StringComparison.Ordinal);
            Assert.Equal(TimeSpan.FromMilliseconds(lanAccess ? 65 : 950), Tailscale.NoticeTime);
        }
        finally
        {
            await Lab.RemoveNetwork("late");
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task After_down_or_an_expired_key_the_interface_and_the_ip_rules_are_left(bool expired)
    {
        await Tailscale.Set(new());
        await (expired ? Tailscale.ExpireKey() : Tailscale.Down());
        try
        {
            Assert.Equal("", await Routes("-4") + await Routes("-6"));
            string addresses = await Output("ip addr show dev tailscale0");
            Assert.Contains(",UP", addresses, StringComparison.Ordinal);
            Assert.Contains("inet6 fe80:", addresses, StringComparison.Ordinal);
            Assert.DoesNotContain("100.101.102.103", addresses, StringComparison.Ordinal);
            Assert.DoesNotContain("fd7a:115c:a1e0", addresses, StringComparison.Ordinal);
            Assert.Equal(8, await RuleCount());
            Assert.Equal("1", await Output("cat /proc/sys/net/ipv4/conf/all/src_valid_mark"));
            string rules = await Lab.Snapshot();
            Assert.Equal(expired, rules.Contains("ts-forward", StringComparison.Ordinal));
            Assert.Equal(expired, rules.Contains("CONNMARK", StringComparison.Ordinal));
            Assert.Contains(
                expired ? "\"NeedsLogin\"" : "\"Stopped\"", await Output(Client, "status", "--json"), StringComparison.Ordinal);
        }
        finally
        {
            await Tailscale.Up();
        }
    }

    [Fact]
    public async Task A_daemon_that_is_stopped_takes_all_but_src_valid_mark_along()
    {
        await Tailscale.Set(new());
        Task stop = Tailscale.Stop();
        try
        {
            await Wait.Until(async () => await RuleCount() == 0, "the end of the ip rules");
            await stop;
            Assert.False(Lab.Host.HasInterface("tailscale0"));
            Assert.Equal("", await Routes("-4") + await Routes("-6"));
            Assert.DoesNotContain("ts-", await Lab.Snapshot(), StringComparison.Ordinal);
            Assert.Equal("1", await Output("cat /proc/sys/net/ipv4/conf/all/src_valid_mark"));
        }
        finally
        {
            await stop;
            await Tailscale.Up();
        }
    }

    [Fact]
    public async Task A_daemon_that_starts_writes_its_ip_rules_before_its_default_route_and_its_hooks_first()
    {
        await Tailscale.Stop();
        Task start = Tailscale.Up(new());
        try
        {
            await Wait.Until(async () => await RuleCount() == 8, "the ip rules");
            Assert.Equal("", await Routes("-4"));
        }
        finally
        {
            await start;
        }

        Assert.Contains("default dev tailscale0", await Routes("-4"), StringComparison.Ordinal);
        Assert.Equal("-A FORWARD -j ts-forward", await FirstRule("iptables-nft -S FORWARD"));
        Assert.Equal("-A POSTROUTING -j ts-postrouting", await FirstRule("iptables-nft -t nat -S POSTROUTING"));
    }

    [Fact]
    public async Task A_daemon_that_is_killed_leaves_rules_throws_and_chains_and_cleanup_takes_the_chains_alone()
    {
        await Tailscale.Set(new());
        await Tailscale.Crash();
        try
        {
            Assert.All(
                (await Routes("-4")).Split('\n'), route => Assert.StartsWith("throw ", route, StringComparison.Ordinal));
            Assert.Equal(8, await RuleCount());
            Assert.Contains("ts-forward", await Lab.Snapshot(), StringComparison.Ordinal);

            await Tailscale.Cleanup();

            Assert.Contains("throw ", await Routes("-4"), StringComparison.Ordinal);
            Assert.Contains("throw ", await Routes("-6"), StringComparison.Ordinal);
            Assert.Equal(8, await RuleCount());
            string rules = await Lab.Snapshot();
            Assert.DoesNotContain("ts-", rules, StringComparison.Ordinal);
            Assert.Contains("--restore-mark", rules, StringComparison.Ordinal);
        }
        finally
        {
            await Tailscale.Recover();
        }

        string back = await Lab.Snapshot();
        Assert.Equal(2, back.Split("--restore-mark").Length - 1);
        Assert.Equal(Way.ExitNode, (await Lab.Ask(two.Box, Place.Internet.V4)).Way);
    }

    [Fact]
    public async Task The_chains_of_both_families_guard_the_hosts_own_addresses()
    {
        await Tailscale.RestartDaemon();
        Assert.Equal(
            [
                "-N ts-input",
                "-A ts-input -s 100.101.102.103/32 -i lo -j ACCEPT",
                "-A ts-input -s 100.115.92.0/23 ! -i tailscale0 -j RETURN",
                "-A ts-input -s 100.64.0.0/10 ! -i tailscale0 -j DROP",
                "-A ts-input -i tailscale0 -j ACCEPT",
                "-A ts-input -p udp -m udp --dport 41641 -j ACCEPT",
            ],
            (await Output("iptables-nft -S ts-input")).Split('\n'));
        Assert.Equal(
            [
                "-N ts-input",
                "-A ts-input -s fd7a:115c:a1e0::103/128 -i lo -j ACCEPT",
                "-A ts-input -i tailscale0 -j ACCEPT",
                "-A ts-input -p udp -m udp --dport 41641 -j ACCEPT",
            ],
            (await Output("ip6tables-nft -S ts-input")).Split('\n'));
    }

    /// <summary>iptables can't show nft's own rules; what a packet meets is the same.</summary>
    [Fact]
    public async Task In_nftables_mode_iptables_cannot_show_the_tables()
    {
        await Lab.UseTailscale(TailscaleLayout.NfTables);
        try
        {
            await Tailscale.Set(new());
            ProgramOutput saved = await Lab.Host.TryRun("iptables-nft-save", []);
            Assert.True(
                !saved.Succeeded || saved.Output.Contains("incompatible", StringComparison.Ordinal), saved.Output);
            Assert.Contains("\"tailscale0*\"", await Output("nft list chain ip filter ts-input"), StringComparison.Ordinal);
            Assert.Equal(Way.ExitNode, (await Lab.Ask(two.Box, Place.Internet.V4)).Way);
            Assert.Equal(Way.Tailnet, (await Lab.Ask(two.Box, Place.Tailnet.V4)).Way);
        }
        finally
        {
            await Lab.UseTailscale(TailscaleLayout.From1100);
        }

        Assert.True((await Lab.Host.TryRun("iptables-nft-save", [])).Succeeded);
    }

    [Fact]
    public async Task The_tunnel_takes_1280_bytes_and_of_the_kernels_settings_one_is_written()
    {
        Assert.Contains("mtu 1280", await Output("ip link show tailscale0"), StringComparison.Ordinal);
        await Tailscale.Stop();
        string[] names = ["all/src_valid_mark", "all/rp_filter", "default/src_valid_mark", "all/forwarding"];
        Dictionary<string, string> before = [];
        Lab.Host.SetSysctl("net.ipv4.conf.all.src_valid_mark", 0);
        foreach (string name in names)
        {
            before[name] = await Output($"cat /proc/sys/net/ipv4/conf/{name}");
        }

        await Tailscale.Up();
        foreach (string name in names)
        {
            string expected = name == "all/src_valid_mark" ? "1" : before[name];
            Assert.Equal(expected, await Output($"cat /proc/sys/net/ipv4/conf/{name}"));
        }
    }

    [Theory]
    [InlineData(NetfilterMode.NoDivert)]
    [InlineData(NetfilterMode.Off)]
    public async Task Without_netfilter_there_is_no_jump_and_perhaps_no_chain(NetfilterMode mode)
    {
        await Tailscale.Set(new() { Netfilter = mode });
        try
        {
            string rules = await Lab.Snapshot();
            Assert.DoesNotContain("-j ts-", rules, StringComparison.Ordinal);
            Assert.Equal(mode is NetfilterMode.NoDivert, rules.Contains(":ts-forward", StringComparison.Ordinal));
            Assert.Contains(
                $"\"NetfilterMode\": {(int)mode}", await Output(Client, "debug", "prefs"), StringComparison.Ordinal);
        }
        finally
        {
            await Tailscale.Set(new());
        }

        Assert.Equal("-A FORWARD -j ts-forward", await FirstRule("iptables-nft -S FORWARD"));
    }

    [Fact]
    public async Task A_withdrawn_exit_node_stays_chosen_and_online_and_loses_the_traffic()
    {
        await Tailscale.Set(new() { Offer = ExitNodeOffer.Withdrawn });
        try
        {
            string status = await Output(Client, "status", "--json");
            Assert.Contains("\"ExitNode\": true", status, StringComparison.Ordinal);
            Assert.Contains("\"ExitNodeOption\": false", status, StringComparison.Ordinal);
            Assert.DoesNotContain("\"Online\": false", status, StringComparison.Ordinal);
            Assert.Contains("default dev tailscale0", await Routes("-4"), StringComparison.Ordinal);
            Assert.Equal(Way.Nowhere, (await Lab.Ask(two.Box, Place.Internet.V4)).Way);
            Assert.Equal(Way.Tailnet, (await Lab.Ask(two.Box, Place.SubnetRoute.V4)).Way);
        }
        finally
        {
            await Tailscale.Set(new());
        }
    }

    [Fact]
    public async Task An_exit_node_for_ipv4_alone_loses_ipv6()
    {
        await Tailscale.Set(new() { Offer = ExitNodeOffer.IPv4Alone });
        try
        {
            Assert.Contains("default dev tailscale0", await Routes("-6"), StringComparison.Ordinal);
            Assert.Equal(Way.ExitNode, (await Lab.Ask(Lab.Host, Place.Internet.V4)).Way);
            Assert.Equal(Way.Nowhere, (await Lab.Ask(Lab.Host, Place.Internet.V6)).Way);
        }
        finally
        {
            await Tailscale.Set(new());
        }
    }

    private string Client => Path.Combine(Lab.Tools.Folder, "tailscale");

    private async Task<string> Routes(string family) => string.Join(
        '\n',
        (await Lab.Host.TryRun("ip", [family, "route", "show", "table", "52"])).Output
            .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));

    private async Task<string> FirstRule(string command) =>
        (await Output(command)).Split('\n').First(line => line.StartsWith("-A", StringComparison.Ordinal));

    private async Task<int> RuleCount() => (await Output("ip -4 rule") + "\n" + await Output("ip -6 rule"))
        .Split('\n').Count(line => line.StartsWith("52", StringComparison.Ordinal));

    private Task<string> Output(string command) => Output(command.Split(' ')[0], command.Split(' ')[1..]);

    private async Task<string> Output(string program, params string[] arguments) =>
        (await Lab.Host.Run(program, arguments)).Output.Trim();

    /// <summary>Two networks of Docker's default pools.</summary>
    public sealed class TwoNetworks() : LabFixture(new())
    {
        public Container Box { get; private set; } = null!;

        protected override async Task Prepare(Lab lab)
        {
            await lab.CreateNetwork("first", new() { Subnet = "172.18.0.0/16" });
            await lab.CreateNetwork("second", new() { Subnet = "172.19.0.0/16" });
            Box = await lab.RunContainer("box", new() { Networks = ["first"] });
        }
    }
}
