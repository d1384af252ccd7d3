
namespace TailSplit.Lab.Diagnosis;

/// <summary>
/// Each way in which a policy can be broken or passed by: one check sees it, and its remedy fixes it.
/// </summary>
[Collection(typeof(SharedDoctorLab))]
public sealed class PolicyTroubleTests(DoctorLab doctor)
{
    private Lab Lab => doctor.Lab;

    [Theory]
    [InlineData("ip -4 rule del prohibit protocol 84", "torrents")]
    [InlineData("ip -6 rule del prohibit protocol 84", "torrents")]
    [InlineData("ip -4 rule del pref 5092", "torrents")]
    [InlineData("ip -4 rule del pref 5101", "media")]
    [InlineData("ip -4 rule del fwmark 0x80000/0xff0000 protocol 84", "media")]
    [InlineData("iptables-nft -F TSK-torrents", "torrents")]
    [InlineData("ip6tables-nft -F TSK-torrents", "torrents")]
    [InlineData("iptables-nft -t mangle -F TSB-media", "media")]
    [InlineData("ip6tables-nft -t mangle -D PREROUTING -m comment --comment tailsplit -j TAILSPLIT-BYPASS", "media")]
    public async Task A_missing_rule_fails(string line, string policy)
    {
        Trouble trouble = await doctor.Sees("Rules", "Fail", () => Lab.Host.RunLines(line));

        Assert.Equal(policy, trouble.Policy);
    }

    [Theory]
    [InlineData(
        "iptables-nft -I DOCKER-USER -s 172.30.0.0/16 -j ACCEPT",
        "iptables-nft -D DOCKER-USER -s 172.30.0.0/16 -j ACCEPT")]
    [InlineData("ip6tables-nft -I DOCKER-USER -j ACCEPT", "ip6tables-nft -D DOCKER-USER -j ACCEPT")]
    public async Task A_rule_that_accepts_packets_before_ours_fails(string line, string undo)
    {
        try
        {
            Trouble trouble = await doctor.Sees("Rules", "Fail", () => Lab.Host.RunLines(line));
            Assert.Equal("torrents", trouble.Policy);
        }
        finally
        {
            await Lab.Host.RunLines(undo);
        }
    }

    [Fact]
    public async Task A_network_that_was_recreated_fails()
    {
        Trouble trouble = await doctor.Sees("Bridge", "Fail", async () =>
        {
            await Lab.Docker.RemoveContainer("in-torrents");
            await Lab.RemoveNetwork("torrents");
            DockerNetwork recreated = await Lab.CreateNetwork("torrents", doctor.Torrents.Options);
            await Lab.RunIn(recreated, "in-torrents");
        });

        Assert.Equal("New-TailSplitKillswitch torrents -Force", trouble.Remedy);
    }

    [Theory]
    [InlineData("-4", "pref 4000 from 172.30.2.0/24 lookup main", "Fail", "torrents")]
    [InlineData("-6", "pref 4000 from 2001:db8:d:1::/64 lookup 100", "Fail", "media")]
    [InlineData("-4", "pref 2500 to 192.168.1.0/24 lookup main", "Warn", "torrents")]
    public async Task A_rule_of_another_program_that_decides_first_stays_and_ours_go_before_it(
        string family, string rule, string status, string policy)
    {
        try
        {
            Trouble trouble = await doctor.Sees("ForeignRules", status, () => Lab.Host.Ip($"rule add {rule}", family));

            Assert.Equal(policy, trouble.Policy);
            Assert.Contains(
                $"{rule.Split(' ')[1]}:",
                (await Lab.Host.TryRun("ip", [family, "rule"])).OrThrow().Output,
                StringComparison.Ordinal);
            await AssertTheContract();
        }
        finally
        {
            await Lab.Host.Ip($"rule del {rule}", family);
            await PutBack();
        }
    }

    [Fact]
    public async Task The_rules_of_another_vpn_stay_and_ours_go_before_them_when_the_user_says_so()
    {
        // As wg-quick adds them: without a preference the kernel puts them before all others.
        string[] rules = ["not fwmark 0xca6c lookup 51820", "lookup main suppress_prefixlength 0"];
        await doctor.Run("Remove-TailSplitPolicy media | Out-Null");
        try
        {
            Trouble trouble = await doctor.Sees("ForeignRules", "Fail", async () =>
            {
                foreach (string rule in rules)
                    await Lab.Host.Ip($"rule add {rule}");
            });

            Assert.Contains("WireGuard", trouble.Detail, StringComparison.Ordinal);
            Assert.Contains(
                "51820", (await Lab.Host.TryRun("ip", ["rule"])).OrThrow().Output, StringComparison.Ordinal);
        }
        finally
        {
            // By preference: without it, ip takes the first rule that has no other table (net/core/fib_rules.c, rule_find).
            foreach (int preference in (int[])[5091, 5090])
                await Lab.Host.Ip($"rule del pref {preference}");

            await doctor.Run("New-TailSplitBypass media | Out-Null");
            await PutBack();
        }
    }

    [Fact]
    public Task IPv6_that_the_policy_does_not_have_is_reported() => doctor.Tells(
        "Bridge", "Warn",
        () => Lab.Host.Ip($"address add 2001:db8:bad::1/64 dev {doctor.Media.Bridge} nodad"),
        () => Lab.Host.Ip($"address del 2001:db8:bad::1/64 dev {doctor.Media.Bridge}"));

    [Fact]
    public Task MagicDns_that_a_bypass_cannot_reach_fails() => doctor.Sees(
        "MagicDns", "Fail", () => Lab.Host.Ip("route del 100.100.100.100 table 52", "-4"));

    /// <summary>In IPv6 the route to all peers leads there as well.</summary>
    [Fact]
    public async Task MagicDns_that_a_bypass_cannot_reach_by_ipv6_fails()
    {
        const string peers = "fd7a:115c:a1e0::/48 dev tailscale0 table 52";
        await Lab.Host.Ip("route del fd7a:115c:a1e0::53 table 52", "-6");
        Assert.Empty(await doctor.Troubles());
        await Lab.Host.Ip("route add fd7a:115c:a1e0::53 dev tailscale0 table 52", "-6");
        try
        {
            await doctor.Sees("MagicDns", "Fail", () => Lab.Host.Ip(
                $"route del fd7a:115c:a1e0::53 table 52\nroute del {peers}", "-6"));
        }
        finally
        {
            await Lab.Host.Ip($"route replace {peers}", "-6");
        }
    }

    [Fact]
    public async Task A_container_whose_gateway_is_on_another_network_is_reported() => await doctor.Tells(
        "OtherNetwork", "Fail",
        async () =>
        {
            await Lab.Docker.Docker("network", "connect", "plain", "in-torrents");
            Assert.Equal(Way.ExitNode, (await Lab.Ask(await Lab.Docker.Inspect("in-torrents"), Place.Internet.V4)).Way);
        },
        () => Lab.Docker.Docker("network", "disconnect", "plain", "in-torrents"));

    [Fact]
    public async Task A_reverse_proxy_whose_main_network_is_another_is_reported() => await doctor.Tells(
        "OtherNetwork", "Warn",
        () => Lab.Docker.Docker("network", "connect", "torrents", "in-plain"),
        () => Lab.Docker.Docker("network", "disconnect", "torrents", "in-plain"));

    [Fact]
    public async Task A_container_on_another_network_with_its_gateway_here_is_a_warning()
    {
        // The name decides (moby libnetwork: Endpoint.Less).
        DockerNetwork last = await Lab.CreateNetwork(
            "zoo", new() { Subnet = "172.30.9.0/24", SubnetV6 = "2001:db8:d:9::/64" });
        await Lab.Docker.Docker("network", "connect", last.Name, "in-torrents");
        try
        {
            Trouble trouble = Assert.Single(await doctor.Troubles());
            Assert.Equal(
                ("OtherNetwork", "Warn", "New-TailSplitKillswitch zoo"), (trouble.Check, trouble.Status, trouble.Remedy));
            doctor.Keep("media", "torrents", "zoo");
            // It warns that the container is on the other closed network as well.
            await doctor.Run($"{trouble.Remedy} -WarningAction SilentlyContinue | Out-Null");
            Assert.Empty(await doctor.Troubles());
        }
        finally
        {
            await doctor.Run("Get-TailSplitPolicy | Where-Object Name -eq zoo | Remove-TailSplitPolicy | Out-Null");
            doctor.Keep("media", "torrents");
            await Lab.Docker.TryDocker("network", "disconnect", "zoo", "in-torrents");
            await Lab.RemoveNetwork("zoo");
        }
    }

    [Fact]
    public async Task A_container_with_power_over_the_host_is_reported() => await doctor.Tells(
        "Privileges", "Warn",
        () => Lab.RunContainer("power", new() { Networks = ["torrents"], More = ["--privileged"] }),
        () => Lab.Docker.RemoveContainer("power"));

    [Theory]
    [InlineData("--cap-add=NET_ADMIN")]
    [InlineData("--cap-add=NET_RAW")]
    public async Task A_container_with_power_over_its_own_namespace_is_no_trouble(string option)
    {
        await Lab.RunContainer("power", new() { Networks = ["torrents"], More = [option] });
        try
        {
            Assert.Empty(await doctor.Troubles());
        }
        finally
        {
            await Lab.Docker.RemoveContainer("power");
        }
    }

    [Fact]
    public async Task A_container_that_is_also_on_a_macvlan_network_is_reported()
    {
        try
        {
            await doctor.Tells(
                "Privileges", "Fail",
                async () =>
                {
                    await Lab.Docker.Docker(
                        "network",
                        "create",
                        "--driver=macvlan",
                        "--opt=parent=lan0",
                        "--subnet=10.0.0.0/24",
                        "--ip-range=10.0.0.128/28",
                        "direct");
                    await Lab.Docker.Docker("network", "connect", "direct", "in-torrents");
                },
                () => Lab.Docker.Docker("network", "disconnect", "direct", "in-torrents"));
        }
        finally
        {
            await Lab.Docker.TryDocker("network", "rm", "direct");
        }
    }

    [Fact]
    public async Task A_published_port_that_the_lan_gets_no_answer_from_is_a_warning()
    {
        try
        {
            Trouble trouble = await doctor.Sees(
                "PublishedPorts", "Warn", () => Lab.RunContainer(
                    "published", new() { Networks = ["torrents"], Publish = ["8090:80"] }));
            Assert.Equal("New-TailSplitKillswitch torrents -AllowPublishedPort -Force", trouble.Remedy);
            Assert.Equal(Place.Lan.V4, (await Lab.AskHttp(Lab.Topology.Lan, Place.HostLan.V4, 8090)).Seen);
        }
        finally
        {
            await Lab.Docker.RemoveContainer("published");
            await doctor.Run("New-TailSplitKillswitch torrents -Force | Out-Null");
        }
    }

    [Fact]
    public async Task A_policy_that_is_lost_at_the_next_start_is_reported()
    {
        Assert.NotNull(Lab);

        // No unit is started here; what they name has to be there and be root's, wherever the sources are.
        await doctor.Run(
            """
            $PSDefaultParameterValues['Register-TailSplitService:Executable'] = '/bin/sh'
            $PSDefaultParameterValues['Register-TailSplitService:ModulePath'] = '/bin/sh'
            $PSDefaultParameterValues['Register-TailSplitService:WarningAction'] = 'SilentlyContinue'
            """);
        Trouble trouble = await doctor.Sees("Reboot", "Warn", () =>
        {
            doctor.Keep("media");
            return Task.CompletedTask;
        });

        Assert.Equal(("torrents", "Register-TailSplitService"), (trouble.Policy, trouble.Remedy));
        await doctor.Run("Unregister-TailSplitService | Out-Null");
        Assert.Equal(["Reboot", "Reboot"], (await doctor.Troubles()).Select(each => each.Check));
        doctor.Keep("media", "torrents");
    }

    private async Task AssertTheContract()
    {
        Assert.Equal(Way.Isp, (await Lab.Ask(await Lab.Docker.Inspect("in-media"), Place.Internet.V4)).Way);
        Assert.Equal(Way.ExitNode, (await Lab.Ask(await Lab.Docker.Inspect("in-torrents"), Place.Internet.V4)).Way);
    }

    // Policies and their place as they were before.
    private async Task PutBack()
    {
        await doctor.Run(
            "New-TailSplitBypass media -RulePreference 5100 -Force | Out-Null; " +
            "New-TailSplitKillswitch torrents -RulePreference 5100 -Force | Out-Null");
        Assert.Empty(await doctor.Troubles());
    }
}
