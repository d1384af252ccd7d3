using TailSplit.Core.Diagnosis;
using TailSplit.Core.Hosts;
using TailSplit.Core.Kernel;
using TailSplit.Core.Model;
using TailSplit.Tests.Fakes;
using Xunit;

namespace TailSplit.Tests.Core.Diagnosis;

public sealed class TunnelCheckTests
{
    [Fact]
    public void A_healthy_host_has_no_trouble() => Assert.Empty(Snapshots.Healthy().Troubles());

    [Fact]
    public void Userspace_networking_fails_alone() =>
        Assert.Equal(["TunnelDevice Fail"], Snapshots.Healthy(host => host.Tailscale.Tun = false).Troubles());

    [Fact]
    public void Neither_tailscale_nor_a_tunnel_is_nothing_to_judge()
    {
        Host host = Snapshots.Of("New-TailSplitBypass media", WithoutTailscale);

        Assert.Empty(host.Troubles());
        Assert.Equal(CheckStatus.Skipped, host.Result("TunnelDevice").Status);
        Assert.Equal(CheckStatus.Skipped, host.Result("ExitNode").Status);
    }

    [Fact]
    public void A_killswitch_without_a_default_route_into_a_tunnel_is_a_warning_though_tailscale_cannot_be_asked()
    {
        Host host = Snapshots.Healthy(WithoutTailscale);

        Assert.Equal(["ExitNode Warn"], host.Troubles());
        Assert.Contains("torrents can't reach the internet", host.Result("ExitNode").Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Throw_routes_alone_are_what_a_dead_daemon_left()
    {
        Host host = Snapshots.Healthy(host =>
        {
            host.Tailscale.IsRunning = false;
            host.Routes.RemoveAllButThrows(52);
            host.Routes.RemoveLink("tailscale0");
        });

        Assert.Equal(["ExitNode Warn", "TunnelTable Warn"], host.Troubles());
        Assert.Contains(" routes, 0 usable", host.Result("TunnelTable").Detail, StringComparison.Ordinal);
        Assert.Contains("torrents reaches neither", host.Result("TunnelTable").Detail, StringComparison.Ordinal);
        Assert.Equal("systemctl restart tailscaled", host.Result("TunnelTable").Remedy);
    }

    [Fact]
    public void Throw_routes_alone_fail_while_tailscale_says_that_it_runs()
    {
        Host host = Snapshots.Of(
            "New-TailSplitBypass media", host => host.Routes.RemoveAllButThrows(52));

        Assert.Contains("TunnelTable Fail", host.Troubles());
    }

    [Fact]
    public void A_table_in_use_tells_how_many_of_its_routes_lead_into_the_tunnel() => Assert.Matches(
        "Table 52 has [0-9]+ routes, 4 of them into the tunnel, and ip rules lead to it.",
        Snapshots.Healthy().Result("TunnelTable").Detail);

    [Fact]
    public void A_withdrawn_exit_node_fails_though_it_is_online()
    {
        CheckResult result = Snapshots.Healthy(
            host => (host.Tailscale.ExitNodeRoutes, host.Tailscale.OffersSpare) = ([], true)).Result("ExitNode");

        Assert.Equal((CheckStatus.Fail, "tailscale set --exit-node=bergen"), (result.Status, result.Remedy));
        Assert.Contains("oslo is selected and online, but no longer offers to be", result.Detail, StringComparison.Ordinal);
        Assert.Null(Snapshots.Healthy(host => host.Tailscale.ExitNodeRoutes = []).Result("ExitNode").Remedy);
    }

    [Theory]
    [InlineData("0.0.0.0/0", "IPv6")]
    [InlineData("::/0", "IPv4")]
    public void An_exit_node_for_one_family_loses_the_other(string route, string lost)
    {
        Host host = Snapshots.Healthy(host => host.Tailscale.ExitNodeRoutes = [route]);

        Assert.Equal(["ExitNode Warn"], host.Troubles());
        Assert.Contains($"{lost} goes into the tunnel and is lost", host.Result("ExitNode").Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_family_that_the_kernel_does_not_send_into_the_tunnel_is_told_of()
    {
        Host host = Snapshots.Healthy();
        host = host with { Tunnel = host.Tunnel with { Defaults = [IpFamily.IPv4] } };

        Assert.Equal(["ExitNode Warn"], host.Troubles());
        Assert.Contains("IPv6", host.Result("ExitNode").Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_tunnel_that_is_not_among_the_hosts_interfaces_fails()
    {
        Host host = Snapshots.Healthy();
        host = host with { Tunnel = host.Tunnel with { Name = null } };

        Assert.Equal(CheckStatus.Fail, host.Result("TunnelDevice").Status);
        Assert.Null(host.Result("TunnelDevice").Remedy);
    }

    [Theory]
    [InlineData("-A FORWARD -j ts-forward", CheckStatus.Warn)]
    [InlineData("-I FORWARD 1 -j ts-forward", CheckStatus.Fail)]
    public void Stateful_filtering_drops_what_containers_begin_once_tailscales_chain_is_first(
        string jump, CheckStatus expected)
    {
        Host host = Snapshots.Healthy(host =>
        {
            host.Tailscale.NoStatefulFiltering = false;
            host.Firewall[IpFamily.IPv4].Load(
                $"*filter\n-D FORWARD -j ts-forward\n{jump}\n"
                    + "-I ts-forward 3 -o tailscale0 -m conntrack ! --ctstate RELATED,ESTABLISHED -j DROP\nCOMMIT\n");
        });

        Assert.Equal(expected, host.Result("StatefulFiltering").Status);
        Assert.Equal("tailscale set --stateful-filtering=false", host.Result("StatefulFiltering").Remedy);
    }

    private static void WithoutTailscale(FakeHost host)
    {
        host.Missing.Add("tailscale");
        host.Routes.RemoveTable(52);
        host.Routes.RemoveLink("tailscale0");
    }

    [Fact]
    public void An_exit_node_that_is_offline_is_replaced_by_one_that_is_not()
    {
        Assert.Null(Snapshots.Healthy(host => host.Tailscale.ExitNodeOnline = false).Result("ExitNode").Remedy);

        CheckResult result = Snapshots.Healthy(
            host => (host.Tailscale.ExitNodeOnline, host.Tailscale.OffersSpare) = (false, true)).Result("ExitNode");
        Assert.Equal((CheckStatus.Fail, "tailscale set --exit-node=bergen"), (result.Status, result.Remedy));
        Assert.Contains("oslo", result.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Stopped")]
    [InlineData("NeedsLogin")]
    [InlineData("Starting")]
    public void An_exit_node_that_nothing_goes_by_fails_with_the_daemons_state(string state)
    {
        CheckResult result = Snapshots.Healthy(host =>
        {
            host.Tailscale.BackendState = state;
            host.Routes.RemoveTable(52);
        }).Result("ExitNode");

        Assert.Equal((CheckStatus.Fail, "tailscale up"), (result.Status, result.Remedy));
        Assert.Contains(state, result.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void An_exit_node_that_is_asked_for_and_not_in_the_tailnet_fails()
    {
        Host host = Snapshots.Healthy();
        host = host with
        {
            Tunnel = host.Tunnel with { Status = host.Tunnel.Status! with { ExitNode = null } }
        };

        Assert.Equal(["ExitNode Fail"], host.Troubles());
    }

    [Fact]
    public void An_exit_node_that_the_kernel_does_not_know_of_fails()
    {
        Host host = Snapshots.Healthy();
        host = host with { Tunnel = host.Tunnel with { Defaults = [] } };

        Assert.Equal(["ExitNode Fail"], host.Troubles());
        Assert.Equal("systemctl restart tailscaled", host.Result("ExitNode").Remedy);
    }

    [Fact]
    public void No_exit_node_is_trouble_for_a_killswitch_only()
    {
        static void Off(FakeHost host) => host.Tailscale.ExitNode = false;

        Assert.Empty(Snapshots.Of("New-TailSplitBypass media", Off).Troubles());
        Assert.Equal(["ExitNode Warn"], Snapshots.Healthy(Off).Troubles());
    }

    [Fact]
    public void An_empty_table_fails_once_and_not_for_all_that_depends_on_it() =>
        Assert.Equal(["TunnelTable Fail"], Snapshots.Healthy(host => host.Routes.RemoveTable(52)).Troubles());

    [Fact]
    public void A_missing_escape_rule_is_mended_before_the_tunnels_own()
    {
        Host host = Snapshots.Healthy(
            host => host.Routes.Delete(IpFamily.IPv6, rule => rule.Preference == 5210));

        Assert.Equal(["TunnelTable Fail"], host.Troubles());
        Assert.Equal("ip -6 rule add pref 5210 fwmark 0x80000/0xff0000 lookup main", host.Result("TunnelTable").Remedy);
    }

    [Fact]
    public void Both_rules_missing_are_one_result_that_adds_the_escape_rule_first()
    {
        Host host = Snapshots.Healthy(host => host.Routes.Delete(
            IpFamily.IPv4, rule => rule.Preference == 5210 || (rule.Table == 52 && rule.Protocol != 84)));

        Assert.Equal(["TunnelTable Fail"], host.Troubles());
        Assert.Equal(
            "ip -4 rule add pref 5210 fwmark 0x80000/0xff0000 lookup main; ip -4 rule add pref 5270 lookup 52",
            host.Result("TunnelTable").Remedy);
    }

    [Fact]
    public void A_different_rule_missing_in_each_family_is_one_result()
    {
        Host host = Snapshots.Healthy(host =>
        {
            host.Routes.Delete(IpFamily.IPv4, rule => rule.Table == 52 && rule.Protocol != 84);
            host.Routes.Delete(IpFamily.IPv6, rule => rule.Preference == 5210);
        });

        Assert.Equal(["TunnelTable Fail"], host.Troubles());
        Assert.Equal(
            "ip -4 rule add pref 5270 lookup 52; ip -6 rule add pref 5210 fwmark 0x80000/0xff0000 lookup main",
            host.Result("TunnelTable").Remedy);
        Assert.Contains("leads to", host.Result("TunnelTable").Detail, StringComparison.Ordinal);
        Assert.Contains("marked packets skip", host.Result("TunnelTable").Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_escape_rule_fails_beside_an_empty_table()
    {
        Host host = Snapshots.Of("Get-DockerNetwork none", host =>
        {
            host.Routes.RemoveTable(52);
            host.Routes.Delete(IpFamily.IPv4, rule => rule.Preference == 5210);
        });

        Assert.Equal(["TunnelTable Fail", "TunnelTable Fail"], host.Troubles());
    }

    [Fact]
    public void One_rule_that_says_both_as_on_unifi_is_enough()
    {
        Host host = Snapshots.Of("Get-DockerNetwork none", host =>
        {
            foreach (IpFamily family in IpFamilies.All)
                host.Routes.Delete(family, rule => rule.Preference is >= 5200 and < 5300);
        });
        foreach (IpFamily family in IpFamilies.All)
            host = host.WithRule(
                family,
                """{"priority":5270,"not":null,"src":"all","fwmark":"0x80000","fwmask":"0xff0000","table":"52"}""");

        Assert.Empty(host.Troubles());
    }

    [Theory]
    [InlineData(ReversePathFilter.Strict, false, true, CheckStatus.Fail)]
    [InlineData(ReversePathFilter.Strict, true, true, CheckStatus.Pass)]
    [InlineData(ReversePathFilter.Strict, false, false, CheckStatus.Pass)]
    [InlineData(ReversePathFilter.Loose, false, true, CheckStatus.Pass)]
    [InlineData(ReversePathFilter.Off, false, true, CheckStatus.Pass)]
    public void A_strict_check_fails_where_it_drops_the_tunnel(
        ReversePathFilter mode, bool markCounts, bool exitNode, CheckStatus expected)
    {
        Host host = Snapshots.Healthy();
        host = host with
        {
            Kernel = host.Kernel with
            {
                ReversePath = host.Kernel.ReversePath.SetItem("eth0", mode),
                SrcValidMark = markCounts,
            },
            Tunnel = host.Tunnel with { Defaults = exitNode ? [IpFamily.IPv4] : [] },
        };

        Assert.Equal(expected, host.Result("ReversePath").Status);
    }

    [Fact]
    public void MagicDns_is_lost_to_a_bypass_and_kept_by_a_killswitch_with_an_exit_node()
    {
        Host host = Snapshots.Healthy();
        host = host with
        {
            Routing = host.Routing with
            {
                TunnelRoutes = [.. host.Routing.TunnelRoutes.Where(route => route.IsDefault || route.Type is not null)],
            },
        };

        Assert.Equal(["MagicDns Fail media"], host.Troubles());
        Assert.Equal(
            "ip -4 route add 100.100.100.100 dev tailscale0 table 52", host.Result("MagicDns", "media").Remedy);
        Assert.Empty(
            (host with { Tunnel = host.Tunnel with { Settings = host.Tunnel.Settings! with { MagicDns = false } } })
                .Troubles());
    }

    [Fact]
    public void A_killswitch_tells_its_connections_of_the_tunnels_mtu_by_a_rule_of_its_own()
    {
        Host host = Snapshots.Healthy(Small);

        Assert.Empty(Snapshots.Of("New-TailSplitBypass media", Small).Troubles());
        Assert.Empty(host.Troubles());
        Assert.Equal(CheckStatus.Pass, host.Result("Mtu").Status);
        Assert.Equal("Connections into the tunnel adapt to its MTU 1280.", host.Result("Mtu").Detail);
    }

    [Theory]
    [InlineData("-F TAILSPLIT-MSS")]
    [InlineData("-D FORWARD -p tcp -m tcp --tcp-flags SYN,RST SYN -m comment --comment tailsplit -j TAILSPLIT-MSS")]
    public void A_killswitch_whose_rule_is_gone_is_named_by_Mtu_and_Rules_until_it_is_applied_again(string command)
    {
        Host host = Snapshots.Healthy(host =>
        {
            Small(host);
            host.Firewall[IpFamily.IPv6].Load($"*mangle\n{command}\nCOMMIT\n");
        });

        Assert.Equal(["Mtu Warn", "Rules Fail torrents"], host.Troubles().Order(StringComparer.Ordinal));
        Assert.Contains("torrents", host.Result("Mtu").Detail, StringComparison.Ordinal);
        Assert.Equal("New-TailSplitKillswitch torrents -Force", host.Result("Mtu").Remedy);
    }

    [Fact]
    public void A_killswitch_that_others_keep_from_its_rule_is_named_by_Mtu_alone_since_it_stays_closed()
    {
        Host host = Snapshots.Healthy(host =>
        {
            Small(host);
            host.Firewall[IpFamily.IPv4].Load("*mangle\n-I FORWARD 1 -j ACCEPT\nCOMMIT\n");
        });

        Assert.Equal(["Mtu Warn"], host.Troubles());
        Assert.Equal("New-TailSplitKillswitch torrents -Force", host.Result("Mtu").Remedy);
    }

    [Fact]
    public void A_rule_of_others_that_tells_all_connections_of_it_will_do_as_well()
    {
        Host host = Snapshots.Healthy(host =>
        {
            Small(host);
            foreach (IpFamily family in IpFamilies.All)
                host.Firewall[family].Load(
                    "*mangle\n-F TAILSPLIT-MSS\n"
                        + "-A FORWARD -o tailscale0 -p tcp -m tcp --tcp-flags SYN,RST SYN -j TCPMSS --clamp-mss-to-pmtu\nCOMMIT\n");
        });

        Assert.Equal(["Rules Fail torrents"], host.Troubles());
    }

    private static void Small(FakeHost host) => host.Routes.Mtu["tailscale0"] = 1280;

    [Fact]
    public void A_network_in_use_without_a_policy_needs_its_connections_told_of_it_while_an_exit_node_is_on()
    {
        Host host = Snapshots.Of("Get-DockerNetwork none", Small);
        Assert.Equal(["Mtu Warn"], host.Troubles());
        Assert.Contains("media", host.Result("Mtu").Detail, StringComparison.Ordinal);
        Assert.DoesNotContain(
            (host with { Tunnel = host.Tunnel with { Defaults = [] } }).Troubles(),
            trouble => trouble.StartsWith("Mtu", StringComparison.Ordinal));
    }

    [Fact]
    public void A_tunnel_of_another_name_is_named_in_remedies()
    {
        Host host = Snapshots.Healthy();
        HostRoute[] routes = [new("default", "ts1", null), new("default", "ts1", null) { Family = IpFamily.IPv6 }];
        host = host with
        {
            Routing = host.Routing with { TunnelRoutes = [.. routes] },
            Tunnel = host.Tunnel with { Name = InterfaceName.Parse("ts1") },
        };

        Assert.Contains(" dev ts1 ", host.Result("MagicDns", "media").Remedy, StringComparison.Ordinal);
    }
}
