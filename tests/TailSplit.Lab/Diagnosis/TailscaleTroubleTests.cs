using System.Text.Json.Nodes;

namespace TailSplit.Lab.Diagnosis;

/// <summary>Each way in which Tailscale can fail a policy: one check sees it, and its remedy fixes it.</summary>
[Collection(typeof(SharedDoctorLab))]
public sealed class TailscaleTroubleTests(DoctorLab doctor)
{
    private Lab Lab => doctor.Lab;

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
    public Task Userspace_networking_fails() => doctor.Sees("TunnelDevice", "Fail", () =>
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
            await doctor.Sees("TunnelTable", "Fail", () => Lab.Host.Ip("rule del pref 5210", family));
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

    [Theory]
    [InlineData("-4")]
    [InlineData("-6")]
    public async Task Both_rules_missing_are_repaired_by_one_remedy(string family)
    {
        Trouble trouble = await doctor.Sees(
            "TunnelTable", "Fail", () => Lab.Host.Ip("rule del pref 5210\nrule del pref 5270", family));

        Assert.Contains("pref 5210 ", trouble.Remedy, StringComparison.Ordinal);
        Assert.Contains("pref 5270 ", trouble.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public Task Stateful_filtering_that_will_drop_packets_warns() => doctor.Sees("StatefulFiltering", "Warn", () =>
    {
        doctor.Tell("prefs", prefs => prefs["NoStatefulFiltering"] = false);
        return Task.CompletedTask;
    });

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
}
