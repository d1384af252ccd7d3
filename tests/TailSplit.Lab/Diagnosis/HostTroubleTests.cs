namespace TailSplit.Lab.Diagnosis;

/// <summary>
/// Each way in which the host can be broken under a policy: one check sees it, and its remedy fixes it.
/// </summary>
[Collection(typeof(SharedDoctorLab))]
public sealed class HostTroubleTests(DoctorLab doctor)
{
    private Lab Lab => doctor.Lab;

    [Fact]
    public async Task A_healthy_host_has_no_trouble()
    {
        Assert.NotNull(Lab);
        Assert.Empty(await doctor.Troubles());
        Assert.Equal("True", (await doctor.Run("Test-TailSplitPolicy -Quiet")).Trim());
        Assert.Equal("", (await doctor.Run("Test-TailSplitPolicy | Where-Object Status -eq Skipped")).Trim());
    }

    [Fact]
    public async Task A_healthy_host_without_policies_has_no_trouble()
    {
        Assert.NotNull(Lab);
        await doctor.Run("Remove-TailSplitPolicy * | Out-Null");
        try
        {
            Assert.Empty(await doctor.Troubles());
        }
        finally
        {
            await doctor.Run("New-TailSplitBypass media | Out-Null; New-TailSplitKillswitch torrents | Out-Null");
        }
    }

    [Fact]
    public async Task Containers_that_lost_the_network_to_the_exit_node_get_it_back()
    {
        await doctor.Sees("Replies", "Fail", async () =>
        {
            await Lab.Tailscale.AllowLanAccess(false);
            Assert.Equal(Way.Nowhere, (await Lab.Ask(await Lab.Docker.Inspect("in-plain"), Place.Internet.V4)).Way);
        });

        Assert.Equal(Way.ExitNode, (await Lab.Ask(await Lab.Docker.Inspect("in-plain"), Place.Internet.V4)).Way);
    }

    [Fact]
    public async Task Containers_that_lost_the_network_get_it_back_where_there_is_no_policy()
    {
        Assert.NotNull(Lab);
        await doctor.Run("Remove-TailSplitPolicy * | Out-Null");
        try
        {
            await doctor.Sees("Replies", "Fail", () => Lab.Tailscale.AllowLanAccess(false));
            Assert.Equal(Way.ExitNode, (await Lab.Ask(await Lab.Docker.Inspect("in-torrents"), Place.Internet.V4)).Way);
        }
        finally
        {
            await doctor.Run("New-TailSplitBypass media | Out-Null; New-TailSplitKillswitch torrents | Out-Null");
        }
    }

    [Fact]
    public async Task A_strict_reverse_path_check_that_drops_the_tunnel_fails()
    {
        await doctor.Sees("ReversePath", "Fail", () =>
        {
            Lab.Host.SetSysctl("net.ipv4.conf.all.src_valid_mark", 0);
            Lab.SetRpFilter(1);
            return Task.CompletedTask;
        });

        // The remedy is for what there is; a network that another test makes gets the lab's own setting.
        Lab.SetRpFilter(2);
    }

    [Fact]
    public Task A_kernel_that_does_not_forward_fails() => doctor.Sees("Forwarding", "Fail", () =>
    {
        Lab.Host.SetSysctl("net.ipv4.ip_forward", 0);
        return Task.CompletedTask;
    });

    /// <summary>No command makes the network again: that would take its containers off it.</summary>
    [Fact]
    public async Task A_docker_subnet_in_the_range_of_the_tailnet_fails()
    {
        Assert.Empty(await doctor.Troubles());
        try
        {
            await Lab.Docker.CreateNetwork("inside", new() { Subnet = "100.90.0.0/24" });
            await Lab.Docker.RunContainer("in-inside", new() { Networks = ["inside"] });
            Trouble trouble = Assert.Single(await doctor.Troubles());
            Assert.Equal(("Replies", "Fail", ""), (trouble.Check, trouble.Status, trouble.Remedy));
            Assert.NotEmpty((await Lab.Docker.Inspect("in-inside")).Addresses);
        }
        finally
        {
            await Lab.Docker.TryDocker("rm", "--force", "in-inside");
            await Lab.Docker.TryDocker("network", "rm", "inside");
        }
    }

    [Fact]
    public async Task An_accepted_route_over_a_docker_subnet_fails()
    {
        Container box = await Lab.Docker.Inspect("in-plain");
        try
        {
            await doctor.Sees("Replies", "Fail", async () =>
            {
                Assert.Equal(Way.Lan, (await Lab.Ask(box, Place.Lan.V4)).Way);
                await Lab.Host.Ip("route add 172.30.3.0/25 dev tailscale0 table 52");
                Assert.Equal(Way.Nowhere, (await Lab.Ask(box, Place.Lan.V4)).Way);
            });
            Assert.Equal(Way.Lan, (await Lab.Ask(box, Place.Lan.V4)).Way);
            Assert.Equal(Way.Tailnet, (await Lab.Ask(box, Place.SubnetRoute.V4)).Way);
        }
        finally
        {
            await Lab.Host.TryRun("ip", ["route", "del", "172.30.3.0/25", "table", "52"]);
            await Lab.Host.TryRun("ip", ["rule", "del", "pref", "5269"]);
        }
    }

    /// <summary>The throw route of the network is narrower, and decides.</summary>
    [Fact]
    public async Task An_accepted_route_that_is_wider_than_the_throw_route_is_no_trouble()
    {
        await Lab.Host.Ip("route add 172.16.0.0/12 dev tailscale0 table 52");
        try
        {
            Assert.Equal(Way.Lan, (await Lab.Ask(await Lab.Docker.Inspect("in-plain"), Place.Lan.V4)).Way);
            Assert.Empty(await doctor.Troubles());
        }
        finally
        {
            await Lab.Host.Ip("route del 172.16.0.0/12 table 52");
        }
    }

    [Fact]
    public async Task A_forward_policy_of_drop_without_dockers_accepting_rules_fails()
    {
        Container box = await Lab.Docker.Inspect("in-media");
        string bridge = doctor.Media.Bridge;
        try
        {
            await doctor.Sees("Forwarding", "Fail", async () =>
            {
                Assert.Equal(Way.Isp, (await Lab.Ask(box, Place.Internet.V4)).Way);
                await Lab.Host.RunLines("iptables-nft -w -D FORWARD -j DOCKER-FORWARD\niptables-nft -w -P FORWARD DROP");
                Assert.Equal(Way.Nowhere, (await Lab.Ask(box, Place.Internet.V4)).Way);
            });
            Assert.Equal(Way.Isp, (await Lab.Ask(box, Place.Internet.V4)).Way);
        }
        finally
        {
            await Lab.Host.TryRun("iptables-nft", ["-w", "-D", "FORWARD", "-i", bridge, "-j", "ACCEPT"]);
            await Lab.Host.TryRun(
                "iptables-nft",
                ["-w", "-D", "FORWARD", "-o", bridge, "-m", "conntrack", "--ctstate", "RELATED,ESTABLISHED,DNAT", "-j", "ACCEPT"]);
            await Lab.Host.RunLines("iptables-nft -w -A FORWARD -j DOCKER-FORWARD");
        }
    }

    [Fact]
    public async Task A_bypass_whose_packets_are_not_translated_fails()
    {
        Container box = await Lab.Docker.Inspect("in-media");
        await doctor.Sees("Masquerade", "Fail", async () =>
        {
            Assert.Equal(Way.Isp, (await Lab.Ask(box, Place.Internet.V4)).Way);
            await Lab.Host.RunLines(
                $"iptables-nft -w -t nat -D POSTROUTING -s 172.30.1.0/24 ! -o {doctor.Media.Bridge} -j MASQUERADE");
            Assert.Equal(Way.Nowhere, (await Lab.Ask(box, Place.Internet.V4)).Way);
        });
        Assert.Equal(Way.Isp, (await Lab.Ask(box, Place.Internet.V4)).Way);
    }

    [Fact]
    public async Task Networkd_that_deletes_rules_of_others_is_a_warning()
    {
        try
        {
            await doctor.Sees("Networkd", "Warn", () =>
            {
                Assert.NotNull(Lab);
                doctor.NetworkdRuns = true;
                return Task.CompletedTask;
            });
        }
        finally
        {
            doctor.NetworkdRuns = false;
        }
    }

    [Theory]
    [InlineData("iptables")]
    [InlineData("ip6tables")]
    public Task A_tunnel_with_a_smaller_mtu_than_the_bridge_is_a_warning(string program) =>
        doctor.Sees("Mtu", "Warn", () => Lab.Host.RunLines($"{program}-nft {DoctorLabBase.Clamp("-D")}"));
}
