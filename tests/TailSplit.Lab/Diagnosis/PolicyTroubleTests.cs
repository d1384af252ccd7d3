namespace TailSplit.Lab.Diagnosis;

/// <summary>
/// Each way in which a policy can be broken or passed by: one check sees it, and its remedy mends it.
/// </summary>
[Collection(typeof(SharedDoctorLab))]
public sealed class PolicyTroubleTests(DoctorLab doctor)
{
    private Lab Lab => doctor.Lab;

    [Theory]
    [InlineData("ip -4 rule del pref 5098", "torrents")]
    [InlineData("ip -6 rule del pref 5098", "torrents")]
    [InlineData("ip -4 rule del pref 5113", "media")]
    [InlineData("iptables-nft -F TSK-torrents", "torrents")]
    [InlineData("ip6tables-nft -F TSK-torrents", "torrents")]
    [InlineData("iptables-nft -t mangle -F TSB-media", "media")]
    [InlineData("ip6tables-nft -t mangle -D PREROUTING -m comment --comment tailsplit -j TAILSPLIT-BYPASS", "media")]
    public async Task A_rule_that_is_gone(string line, string policy)
    {
        Trouble trouble = await doctor.Sees("Rules", "Fail", () => Lab.Host.RunLines(line));

        Assert.Equal(policy, trouble.Policy);
    }

    [Theory]
    [InlineData(
        "iptables-nft -I DOCKER-USER -s 172.30.0.0/16 -j ACCEPT",
        "iptables-nft -D DOCKER-USER -s 172.30.0.0/16 -j ACCEPT")]
    [InlineData("ip6tables-nft -I DOCKER-USER -j ACCEPT", "ip6tables-nft -D DOCKER-USER -j ACCEPT")]
    public async Task A_rule_that_lets_packets_pass_before_ours(string line, string undo)
    {
        try
        {
            Trouble trouble = await doctor.Sees("Jumps", "Fail", () => Lab.Host.RunLines(line));
            Assert.Equal("torrents", trouble.Policy);
        }
        finally
        {
            await Lab.Host.RunLines(undo);
        }
    }

    [Fact]
    public async Task A_network_that_was_made_anew()
    {
        Trouble trouble = await doctor.Sees("Bridge", "Fail", async () =>
        {
            await Lab.Docker.RemoveContainer("in-torrents");
            await Lab.RemoveNetwork("torrents");
            DockerNetwork anew = await Lab.CreateNetwork("torrents", doctor.Torrents.Options);
            await Lab.RunIn(anew, "in-torrents");
        });

        Assert.Equal("New-TailSplitKillswitch torrents -Force", trouble.Remedy);
    }

    [Theory]
    [InlineData("-4", "pref 4000 from 172.30.2.0/24 lookup main", "torrents")]
    [InlineData("-6", "pref 4000 from 2001:db8:d:1::/64 lookup 100", "media")]
    public async Task A_rule_of_somebody_else_that_decides_first(string family, string rule, string policy)
    {
        Trouble trouble = await doctor.Sees("ForeignRules", "Fail", () => Lab.Host.Ip($"rule add {rule}", family));

        Assert.Equal(policy, trouble.Policy);
    }

    [Fact]
    public async Task The_rule_of_another_vpn_that_decides_about_all_that_is_not_marked()
    {
        // As wg-quick adds it: without a preference the kernel puts it before all others.
        await doctor.Run("Remove-TailSplitPolicy media | Out-Null");
        try
        {
            await doctor.Sees("ForeignRules", "Fail", () => Lab.Host.Ip("rule add not fwmark 0xca6c lookup 51820"));
        }
        finally
        {
            await doctor.Run("New-TailSplitBypass media | Out-Null");
        }
    }

    [Fact]
    public Task IPv6_that_nobody_planned() => doctor.Sees(
        "IPv6", "Warn", () => Lab.Host.Ip($"address add 2001:db8:bad::1/64 dev {doctor.Media.Bridge} nodad"));

    [Fact]
    public Task MagicDns_that_a_bypass_cannot_reach() => doctor.Sees(
        "MagicDns", "Fail", () => Lab.Host.Ip("route del 100.100.100.100 table 52", "-4"));

    /// <summary>In IPv6 the route to all peers leads there as well.</summary>
    [Fact]
    public async Task MagicDns_that_a_bypass_cannot_reach_by_ipv6()
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
    public async Task A_container_whose_gateway_is_on_another_network()
    {
        Trouble trouble = await doctor.Sees("OtherNetwork", "Fail", async () =>
        {
            await Lab.Docker.Docker("network", "connect", "plain", "in-torrents");
            Assert.Equal(Way.ExitNode, (await Lab.Ask(await Lab.Docker.Inspect("in-torrents"), Place.Internet.V4)).Way);
        });

        Assert.Equal("docker network disconnect plain in-torrents", trouble.Remedy);
    }

    [Fact]
    public async Task A_container_that_is_on_another_network_and_has_its_gateway_here()
    {
        try
        {
            await doctor.Sees("OtherNetwork", "Warn", async () =>
            {
                // The name decides (moby libnetwork: Endpoint.Less).
                DockerNetwork last = await Lab.CreateNetwork(
                    "zoo", new() { Subnet = "172.30.9.0/24", SubnetV6 = "2001:db8:d:9::/64" });
                await Lab.Docker.Docker("network", "connect", last.Name, "in-torrents");
            });
        }
        finally
        {
            await Lab.RemoveNetwork("zoo");
        }
    }

    [Theory]
    [InlineData("--privileged")]
    [InlineData("--cap-add=NET_ADMIN")]
    [InlineData("--cap-add=NET_RAW")]
    public async Task A_container_with_power_over_the_network(string option)
    {
        try
        {
            await doctor.Sees(
                "Privileges",
                "Warn",
                () => Lab.RunContainer("power", new() { Networks = ["torrents"], More = [option] }));
        }
        finally
        {
            await Lab.Docker.RemoveContainer("power");
        }
    }

    [Fact]
    public async Task A_container_with_a_macvlan_network_besides()
    {
        try
        {
            await doctor.Sees("Privileges", "Fail", async () =>
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
            });
        }
        finally
        {
            await Lab.Docker.TryDocker("network", "rm", "direct");
        }
    }

    [Fact]
    public async Task A_published_port_that_the_lan_gets_no_answer_from()
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
    public async Task A_policy_that_is_lost_at_the_next_start()
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
}
