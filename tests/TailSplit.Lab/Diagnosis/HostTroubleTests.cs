using System.Text.Json.Nodes;

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
        await doctor.Sees("LanAccess", "Fail", async () =>
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
            await doctor.Sees("LanAccess", "Fail", () => Lab.Tailscale.AllowLanAccess(false));
            Assert.Equal(Way.ExitNode, (await Lab.Ask(await Lab.Docker.Inspect("in-torrents"), Place.Internet.V4)).Way);
        }
        finally
        {
            await doctor.Run("New-TailSplitBypass media | Out-Null; New-TailSplitKillswitch torrents | Out-Null");
        }
    }

    [Fact]
    public Task An_exit_node_that_is_selected_and_not_in_force_fails() =>
        doctor.Sees("ExitNode", "Fail", () => Lab.Tailscale.Down());

    [Fact]
    public Task An_exit_node_that_is_offline_fails() => doctor.Sees("ExitNode", "Fail", async () =>
    {
        await Lab.Tailscale.ExitNodeOn();
        doctor.Tell("status", status =>
        {
            status["ExitNodeStatus"]!["Online"] = false;
            status["Peer"] = new JsonObject
            {
                ["nodekey:1"] = new JsonObject
                {
                    ["ID"] = "nSpare",
                    ["DNSName"] = "spare.lab.ts.net.",
                    ["ExitNodeOption"] = true,
                    ["Online"] = true
                },
            };
        });
    });

    [Fact]
    public async Task A_killswitch_without_an_exit_node_is_a_warning()
    {
        Trouble trouble = await doctor.Sees("ExitNode", "Warn", async () =>
        {
            await Lab.Tailscale.ExitNodeOff();
            doctor.Tell("status", status => status["Peer"] = new JsonObject
            {
                ["nodekey:1"] = new JsonObject
                {
                    ["ID"] = "nSpare",
                    ["DNSName"] = "spare.lab.ts.net.",
                    ["ExitNodeOption"] = true,
                    ["Online"] = true
                },
            });
        });

        Assert.Equal("tailscale set --exit-node=spare", trouble.Remedy);
    }

    [Fact]
    public Task Userspace_networking_fails() => doctor.Sees("TunnelMode", "Fail", () =>
    {
        doctor.Etc.Write("default/tailscaled", "PORT=\"41641\"\nFLAGS=\"--tun=userspace-networking\"\n");
        doctor.Tell("status", status => status["TUN"] = false);
        return Task.CompletedTask;
    });

    [Theory]
    [InlineData("-4")]
    [InlineData("-6")]
    public async Task A_missing_rule_for_marked_packets_fails(string family)
    {
        // Else a packet for the tunnel goes into it again and again, wrapped once more each time, until it is too long
        // for socat, which ends.
        string way = $"pref 100 iif lo ipproto udp dport {Ports.Tunnel} lookup main";
        await Lab.Host.Ip($"rule add {way}");
        try
        {
            await doctor.Sees("EscapeRule", "Fail", () => Lab.Host.Ip("rule del pref 5210", family));
        }
        finally
        {
            await Lab.Host.Ip($"rule del {way}");
        }
    }

    [Theory]
    [InlineData("-4")]
    [InlineData("-6")]
    public Task A_missing_rule_for_the_table_of_the_tunnel_fails(string family) =>
        doctor.Sees("TunnelTable", "Fail", () => Lab.Host.Ip("rule del pref 5270", family));

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

    [Fact]
    public Task Stateful_filtering_that_will_drop_packets_warns() => doctor.Sees("StatefulFiltering", "Warn", () =>
    {
        doctor.Tell("prefs", prefs => prefs["NoStatefulFiltering"] = false);
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
            Assert.Equal(("SubnetOverlap", "Fail", ""), (trouble.Check, trouble.Status, trouble.Remedy));
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
            await doctor.Sees("SubnetOverlap", "Fail", async () =>
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

    /// <summary>tailscaled has put its chain first, as at each start.</summary>
    [Fact]
    public async Task Stateful_filtering_that_drops_connections_of_containers_fails()
    {
        Container box = await Lab.Docker.Inspect("in-plain");
        await doctor.Sees("StatefulFiltering", "Fail", async () =>
        {
            await Lab.Tailscale.Set(new() { StatefulFiltering = true });
            Assert.Equal(Way.Nowhere, (await Lab.Ask(box, Place.Internet.V4)).Way);
        });
        Assert.Equal(Way.ExitNode, (await Lab.Ask(box, Place.Internet.V4)).Way);
    }

    [Fact]
    public async Task A_dead_daemon_that_left_its_throw_routes_is_reported()
    {
        Assert.Empty(await doctor.Troubles());
        await Lab.Tailscale.Crash();
        try
        {
            IReadOnlyList<Trouble> troubles = await doctor.Troubles();
            Assert.Equal(
                [("ExitNode", "Warn"), ("TunnelTable", "Warn")], troubles.Select(trouble => (trouble.Check, trouble.Status)));
            Assert.Contains("0 usable", troubles[1].Detail, StringComparison.Ordinal);
            await doctor.Run(troubles[1].Remedy);
            Assert.Empty(await doctor.Troubles());
        }
        finally
        {
            await Lab.Tailscale.RestartDaemon();
        }
    }

    [Fact]
    public Task An_exit_node_that_was_withdrawn_fails() => doctor.Sees("ExitNode", "Fail", async () =>
    {
        await Lab.Tailscale.Set(new() { Offer = ExitNodeOffer.Withdrawn });
        doctor.OfferSpare();
        Assert.Equal(Way.Nowhere, (await Lab.Ask(await Lab.Docker.Inspect("in-plain"), Place.Internet.V4)).Way);
    });

    [Fact]
    public Task An_exit_node_for_ipv4_alone_is_a_warning() => doctor.Sees("ExitNode", "Warn", async () =>
    {
        await Lab.Tailscale.Set(new() { Offer = ExitNodeOffer.IPv4Alone });
        doctor.OfferSpare();
        Assert.Equal(Way.Nowhere, (await Lab.Ask(Lab.Host, Place.Internet.V6)).Way);
    });

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

    [Theory]
    [InlineData("iptables")]
    [InlineData("ip6tables")]
    public async Task A_docker_user_chain_that_forward_does_not_lead_to_fails(string program)
    {
        try
        {
            Trouble trouble = await doctor.Sees(
                "DockerUser", "Fail", () => Lab.Host.RunLines($"{program}-nft -D FORWARD -j DOCKER-USER"));
            Assert.Equal("New-TailSplitKillswitch torrents -Force", trouble.Remedy);
        }
        finally
        {
            await PutDockersJumpBack(program);
        }
    }

    [Fact]
    public async Task A_docker_user_chain_behind_a_rule_that_accepts_fails()
    {
        try
        {
            await doctor.Sees("DockerUser", "Fail", () => Lab.Host.RunLines(
                "iptables-nft -D FORWARD -j DOCKER-USER\n" +
                "iptables-nft -A FORWARD -s 203.0.113.200 -j ACCEPT\n" +
                "iptables-nft -A FORWARD -j DOCKER-USER"));
        }
        finally
        {
            await PutDockersJumpBack("iptables");
            await Lab.Host.RunLines("iptables-nft -D FORWARD -s 203.0.113.200 -j ACCEPT");
        }
    }

    [Fact]
    public Task Rules_in_the_other_iptables_store_are_a_warning() => doctor.Tells(
        "OtherIptables", "Warn",
        () => Lab.Host.RunLines(
            "iptables-legacy -A FORWARD -s 203.0.113.99 -p tcp -m conntrack --ctstate RELATED,ESTABLISHED -j DROP\n" +
            "ip6tables-legacy -A INPUT -s 2001:db8::99 -j DROP"),
        () => Lab.Host.RunLines(
            "iptables-legacy -D FORWARD -s 203.0.113.99 -p tcp -m conntrack --ctstate RELATED,ESTABLISHED -j DROP\n" +
            "ip6tables-legacy -D INPUT -s 2001:db8::99 -j DROP"));

    [Fact]
    public async Task Tailscales_chains_in_the_other_iptables_store_are_no_trouble()
    {
        await Lab.Host.RunLines(
            "iptables-legacy -N ts-input\niptables-legacy -A INPUT -j ts-input\n" +
            "iptables-legacy -A ts-input -s 100.64.0.0/10 ! -i tailscale0 -j DROP");
        try
        {
            Assert.Empty(await doctor.Troubles());
            Assert.Contains(
                "TS_DEBUG_FIREWALL_MODE",
                await doctor.Run("(Test-TailSplitPolicy | Where-Object Check -eq OtherIptables).Detail"),
                StringComparison.Ordinal);
        }
        finally
        {
            await Lab.Host.RunLines(
                "iptables-legacy -D INPUT -j ts-input\niptables-legacy -F ts-input\niptables-legacy -X ts-input");
        }
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

    // Docker's own jump, first as Docker puts it; the policy's jump into FORWARD goes with its next command.
    private async Task PutDockersJumpBack(string program)
    {
        await Lab.Host.TryRun($"{program}-nft", ["-D", "FORWARD", "-j", "DOCKER-USER"]);
        await Lab.Host.RunLines($"{program}-nft -I FORWARD -j DOCKER-USER");
        await doctor.Run("New-TailSplitKillswitch torrents -Force | Out-Null");
        Assert.Empty(await doctor.Troubles());
    }
}
