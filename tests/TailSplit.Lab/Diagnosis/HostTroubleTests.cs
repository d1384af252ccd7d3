using System.Text.Json.Nodes;

namespace TailSplit.Lab.Diagnosis;

/// <summary>
/// Each way in which the host can be broken under a policy: one check sees it, and its remedy mends it.
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
    public Task An_exit_node_that_is_asked_for_and_not_in_force() =>
        doctor.Sees("ExitNode", "Fail", () => Lab.Tailscale.Down());

    [Fact]
    public Task An_exit_node_that_is_offline() => doctor.Sees("ExitNode", "Fail", async () =>
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
    public async Task No_exit_node_behind_a_killswitch()
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
    public Task Userspace_networking() => doctor.Sees("TunnelMode", "Fail", () =>
    {
        doctor.Etc.Write("default/tailscaled", "PORT=\"41641\"\nFLAGS=\"--tun=userspace-networking\"\n");
        doctor.Tell("status", status => status["TUN"] = false);
        return Task.CompletedTask;
    });

    [Theory]
    [InlineData("-4")]
    [InlineData("-6")]
    public async Task No_rule_that_lets_marked_packets_escape(string family)
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
    public Task No_rule_that_leads_to_the_table_of_the_tunnel(string family) =>
        doctor.Sees("TunnelTable", "Fail", () => Lab.Host.Ip("rule del pref 5270", family));

    [Fact]
    public async Task A_strict_reverse_path_check_that_drops_the_tunnel()
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
    public Task A_kernel_that_forwards_nothing() => doctor.Sees("Forwarding", "Fail", () =>
    {
        Lab.Host.SetSysctl("net.ipv4.ip_forward", 0);
        return Task.CompletedTask;
    });

    [Fact]
    public Task Stateful_filtering() => doctor.Sees("StatefulFiltering", "Warn", () =>
    {
        doctor.Tell("prefs", prefs => prefs["NoStatefulFiltering"] = false);
        return Task.CompletedTask;
    });

    [Fact]
    public async Task A_docker_subnet_in_the_range_of_the_tailnet()
    {
        try
        {
            await doctor.Sees("SubnetOverlap", "Fail", async () =>
            {
                await Lab.Docker.CreateNetwork("inside", new() { Subnet = "100.90.0.0/24" });
                await Lab.Docker.RunContainer("in-inside", new() { Networks = ["inside"] });
            });
            Assert.NotEmpty((await Lab.Docker.Inspect("in-inside")).Addresses);
        }
        finally
        {
            await Lab.Docker.TryDocker("rm", "--force", "in-inside");
            await Lab.Docker.TryDocker("network", "rm", "inside");
        }
    }

    [Fact]
    public async Task An_accepted_route_over_a_docker_subnet()
    {
        try
        {
            await doctor.Sees(
                "SubnetOverlap", "Fail", () => Lab.Host.Ip("route add 172.30.3.0/25 dev tailscale0 table 52"));
        }
        finally
        {
            await Lab.Tailscale.Set(new());
        }
    }

    [Theory]
    [InlineData("iptables")]
    [InlineData("ip6tables")]
    public Task Docker_user_that_forward_does_not_lead_to(string program) =>
        doctor.Sees("DockerUser", "Fail", () => Lab.Host.RunLines($"{program}-nft -D FORWARD -j DOCKER-USER"));

    [Fact]
    public Task Docker_user_behind_a_rule_that_lets_packets_pass() =>
        doctor.Sees("DockerUser", "Fail", async () =>
        {
            await Lab.Host.RunLines(
                "iptables-nft -D FORWARD -j DOCKER-USER\n" +
                "iptables-nft -A FORWARD -s 203.0.113.200 -j ACCEPT\n" +
                "iptables-nft -A FORWARD -j DOCKER-USER");
        });

    [Fact]
    public Task Rules_in_the_other_iptables_store() => doctor.Sees("OtherIptables", "Warn", () => Lab.Host.RunLines(
        "iptables-legacy -A FORWARD -s 203.0.113.99 -p tcp -m conntrack --ctstate RELATED,ESTABLISHED -j DROP\n" +
        "ip6tables-legacy -A INPUT -s 2001:db8::99 -j DROP"));

    [Fact]
    public async Task Networkd_that_deletes_rules_of_others()
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
    public Task A_tunnel_with_smaller_packets_than_the_bridge(string program) =>
        doctor.Sees("Mtu", "Warn", () => Lab.Host.RunLines($"{program}-nft {DoctorLabBase.Clamp("-D")}"));
}
