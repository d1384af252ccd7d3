using TailSplit.Core;
using TailSplit.Core.Compilation;
using TailSplit.Core.Diagnosis;
using TailSplit.Core.Iptables;
using TailSplit.Core.Model;
using TailSplit.Execution.Firewall;
using TailSplit.Tests.Fakes;
using TailSplit.Tests.Fakes.Docker;
using Xunit;

namespace TailSplit.Tests.Core.Diagnosis;

public sealed class HostCheckTests
{
    // What Docker's nftables backend translates, with the bridge of the network media.
    private static readonly string s_dockerBridges = $$$"""
        {"nftables": [
        {"table": {"family": "ip", "name": "docker-bridges"}},
        {"chain": {"family": "ip", "table": "docker-bridges", "name": "nat-POSTROUTING", "type": "nat", "hook": "postrouting", "prio": 100, "policy": "accept"}},
        {"rule": {"family": "ip", "table": "docker-bridges", "chain": "nat-POSTROUTING", "expr": [
            {"match": {"op": "==", "left": {"meta": {"key": "iifname"}}, "right": "{{{UsualHost.Media.Bridge}}}"}},
            {"match": {"op": "!=", "left": {"meta": {"key": "oifname"}}, "right": "{{{UsualHost.Media.Bridge}}}"}},
            {"counter": null}, {"masquerade": null}]}}]}
        """;

    private const string Nothing = "Get-DockerNetwork none";

    [Fact]
    public void Checks_have_names_of_their_own() =>
        Assert.Equal(Doctor.Checks.Length, Doctor.Checks.Select(check => check.Name).Distinct().Count());

    [Fact]
    public void The_lan_access_trap_without_a_container_is_a_warning()
    {
        HostSnapshot host = Snapshots.Of(Nothing, host => Catch(host, "172.20.0.0/16"));

        Assert.Equal(["LanAccess Warn"], host.Troubles());
        Assert.Equal("tailscale set --exit-node-allow-lan-access=true", host.Result("LanAccess").Remedy);
    }

    [Fact]
    public void The_lan_access_trap_is_none_behind_a_policy_or_a_rule_made_by_hand()
    {
        Assert.Empty(Snapshots.Healthy(host => Catch(host, "172.18.0.0/16")).Troubles());
        Assert.Empty(Snapshots.Of(Nothing, host =>
        {
            Catch(host, "172.18.0.0/16");
            host.Routes.Add(IpFamily.IPv4, "pref 5269 to 172.16.0.0/12 lookup main");
        }).Troubles());
    }

    /// <summary>tailscaled merges adjacent prefixes: networks of Docker's pools are one route.</summary>
    [Fact]
    public void The_lan_access_trap_is_seen_in_a_merged_route()
    {
        HostSnapshot host = Snapshots.Of(Nothing, host => Catch(host, "172.18.0.0/15"));

        Assert.Equal(["LanAccess Fail"], host.Troubles());
        Assert.Contains("of media go into the tunnel (route 172.18.0.0/15)", host.Result("LanAccess").Detail, StringComparison.Ordinal);
        Assert.Equal("tailscale set --exit-node-allow-lan-access=true", host.Result("LanAccess").Remedy);
    }

    [Fact]
    public void A_merged_route_is_told_from_the_same_one_of_another_machine()
    {
        HostSnapshot host = Snapshots.Of(Nothing, host =>
        {
            Catch(host, "172.18.0.0/15");
            host.Tailscale.SubnetRoutes = ["172.18.0.0/15"];
        });

        Assert.Equal(["SubnetOverlap Fail"], host.Troubles());
    }

    [Fact]
    public void A_network_that_no_throw_route_leaves_out_is_in_the_tunnel_by_the_exit_nodes_own_route()
    {
        HostSnapshot host = Snapshots.Of(
            Nothing, host => host.Routes.RemoveThrows(IpFamily.IPv4, 52, Cidr.Parse("172.18.0.0/16")));

        Assert.Equal(["LanAccess Fail"], host.Troubles());
        Assert.Equal("ip -4 rule add pref 5269 to 172.18.0.0/16 lookup main", host.Result("LanAccess").Remedy);
    }

    /// <summary>The longest prefix decides: the throw route is narrower.</summary>
    [Fact]
    public void An_accepted_route_wider_than_the_throw_route_is_no_trouble() => Assert.Empty(
        Snapshots.Of(Nothing, host => host.Routes.AddRoute(IpFamily.IPv4, 52, "172.16.0.0/12", "tailscale0")).Troubles());

    [Theory]
    [InlineData("172.20.0.0/16")]
    [InlineData("172.20.128.0/17")]
    public void A_route_of_another_machine_over_a_docker_subnet_fails(string route)
    {
        HostSnapshot host = Snapshots.Of(Nothing, host => host.Routes.AddRoute(IpFamily.IPv4, 52, route, "tailscale0"));

        Assert.Equal(["SubnetOverlap Fail"], host.Troubles());
        Assert.Equal("ip -4 rule add pref 5269 to 172.20.0.0/16 lookup main", host.Result("SubnetOverlap").Remedy);
    }

    [Fact]
    public void The_rule_for_one_subnet_cures_an_accepted_route() => Assert.Empty(Snapshots.Of(Nothing, host =>
    {
        host.Routes.AddRoute(IpFamily.IPv4, 52, "172.20.128.0/17", "tailscale0");
        host.Routes.Add(IpFamily.IPv4, "pref 5269 to 172.20.0.0/16 lookup main");
    }).Troubles());

    [Fact]
    public void A_policys_own_rules_cure_an_accepted_route() => Assert.Empty(
        Snapshots.Healthy(host => host.Routes.AddRoute(IpFamily.IPv4, 52, "172.18.0.0/24", "tailscale0")).Troubles());

    /// <summary>To make a network again would take its containers off it.</summary>
    [Fact]
    public void A_subnet_of_the_tailnets_range_fails_and_no_command_touches_its_containers()
    {
        HostSnapshot host = Snapshots.Of(
            Nothing, host => host.Add(new FakeNetwork("cgn") { Subnet = ["100.72.0.0/16"], Containers = ["web"] }));

        Assert.Equal(["SubnetOverlap Fail"], host.Troubles());
        Assert.Null(host.Result("SubnetOverlap").Remedy);
        Assert.Contains("Create another network outside 100.64.0.0/10", host.Result("SubnetOverlap").Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_forward_policy_of_drop_without_dockers_accepting_rules_fails()
    {
        HostSnapshot host = Snapshots.Healthy(host =>
        {
            host.Docker.FirewallBackend = "nftables";
            host.Firewall[IpFamily.IPv4].Load("*filter\n-D FORWARD -j DOCKER-FORWARD\nCOMMIT\n");
        });
        string bridge = UsualHost.Media.Bridge;

        Assert.Equal(["Forwarding Fail"], host.Troubles());
        Assert.Contains("The policy of FORWARD is DROP, and no rule accepts what media sends", host.Result("Forwarding").Detail, StringComparison.Ordinal);
        Assert.Equal(
            $"iptables -A FORWARD -i {bridge} -j ACCEPT; iptables -A FORWARD -o {bridge} -m conntrack --ctstate "
                + "RELATED,ESTABLISHED,DNAT -j ACCEPT",
            host.Result("Forwarding").Remedy);
    }

    [Fact]
    public void A_rule_of_somebody_that_drops_what_a_bypass_sends_is_named_and_left_alone()
    {
        HostSnapshot host = Snapshots.Healthy(host => host.Firewall[IpFamily.IPv4].Load(
            $"*filter\n-I FORWARD 1 -i {UsualHost.Media.Bridge} -o eth0 -j DROP\nCOMMIT\n"));

        CheckResult result = host.Result("Forwarding");
        Assert.Equal(CheckStatus.Fail, result.Status);
        Assert.Contains("-A FORWARD -i ", result.Detail, StringComparison.Ordinal);
        Assert.Null(result.Remedy);
    }

    [Fact]
    public void After_a_flush_dockers_translation_is_missing_and_docker_writes_it_when_it_starts()
    {
        HostSnapshot host = Snapshots.Healthy(host => host.Firewall[IpFamily.IPv4].Load(
            "*nat\n-F PREROUTING\n-F POSTROUTING\n-F DOCKER\n-X DOCKER\nCOMMIT\n"));

        CheckResult result = host.Result("Masquerade");
        Assert.Equal((CheckStatus.Fail, "systemctl restart docker"), (result.Status, result.Remedy));
        Assert.Contains("No rule translates what media sends by eth0", result.Detail, StringComparison.Ordinal);
        Assert.Contains("restarts its containers too", result.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void With_iptables_false_a_bypass_gets_the_rule_that_docker_would_write()
    {
        string bridge = UsualHost.Media.Bridge;
        HostSnapshot host = Snapshots.Healthy(host =>
        {
            host.Files["/etc/docker/daemon.json"] = "{ \"iptables\": false }\n";
            host.Firewall[IpFamily.IPv4].Load($"*nat\n-D POSTROUTING -s 172.18.0.0/16 ! -o {bridge} -j MASQUERADE\nCOMMIT\n");
        });

        Assert.Equal(["Masquerade Fail"], host.Troubles());
        Assert.Contains("\"iptables\": false", host.Result("Masquerade").Detail, StringComparison.Ordinal);
        Assert.Equal(
            $"iptables -t nat -A POSTROUTING -s 172.18.0.0/16 ! -o {bridge} -j MASQUERADE",
            host.Result("Masquerade").Remedy);
    }

    [Fact]
    public void What_dockers_nftables_backend_translates_is_not_called_missing()
    {
        HostSnapshot host = Snapshots.Healthy(host =>
        {
            host.Docker.FirewallBackend = "nftables";
            host.Firewall[IpFamily.IPv4].Load("*nat\n-F POSTROUTING\nCOMMIT\n");
            host.Firewall.Native = s_dockerBridges;
        });

        Assert.Equal(CheckStatus.Pass, host.Result("Masquerade").Status);
        Assert.Contains("leaves with an address of the host", host.Result("Masquerade").Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void After_a_flush_of_nftables_dockers_translation_is_missing()
    {
        HostSnapshot host = Snapshots.Healthy(host =>
        {
            host.Docker.FirewallBackend = "nftables";
            host.Firewall[IpFamily.IPv4].Load("*nat\n-F POSTROUTING\nCOMMIT\n");
        });

        CheckResult result = host.Result("Masquerade");
        Assert.Equal((CheckStatus.Fail, "systemctl restart docker"), (result.Status, result.Remedy));
        Assert.Contains("Docker's nftables tables do not have the rule", result.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_native_rule_that_drops_what_a_bypass_sends_is_named()
    {
        HostSnapshot host = Snapshots.Healthy(host => host.Firewall.Native = s_dockerBridges
            .Replace("nat-POSTROUTING", "closed", StringComparison.Ordinal)
            .Replace("\"nat\", \"hook\": \"postrouting\"", "\"filter\", \"hook\": \"forward\"", StringComparison.Ordinal)
            .Replace("masquerade", "drop", StringComparison.Ordinal));

        CheckResult result = host.Result("Forwarding");
        Assert.Equal(CheckStatus.Fail, result.Status);
        Assert.Contains("nft 'add rule ip docker-bridges closed ", result.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void An_nft_that_dies_leaves_open_whether_docker_translates()
    {
        HostSnapshot host = Snapshots.Healthy(host =>
        {
            host.Firewall[IpFamily.IPv4].Load("*nat\n-F POSTROUTING\nCOMMIT\n");
            host.Faults.Add(new Fault(call => call is { Program: "nft", Arguments: ["-j", "list", "ruleset"] or ["list", "tables"] })
            {
                ExitCode = 139,
                Words = "Segmentation fault",
                Times = int.MaxValue,
            });
        });

        Assert.Equal(CheckStatus.Skipped, host.Result("Masquerade").Status);
    }

    [Fact]
    public void Without_iptables_no_remedy_needs_it_and_nothing_is_claimed_of_rules_that_it_would_show()
    {
        HostSnapshot host = Snapshots.Healthy(host => host.Firewall[IpFamily.IPv4].Load(
            $"*nat\n-D POSTROUTING -s 172.18.0.0/16 ! -o {UsualHost.Media.Bridge} -j MASQUERADE\nCOMMIT\n"));
        Assert.Equal(CheckStatus.Fail, host.Result("Masquerade").Status);

        HostSnapshot without = host with { IptablesTrouble = Failures.NotInstalled("iptables-save", "iptables") };
        HostSnapshot unread = host with { IptablesTrouble = Failures.ReadFailed("iptables-save -c", "it died") };

        Assert.Equal((CheckStatus.Fail, null), (without.Result("Masquerade").Status, without.Result("Masquerade").Remedy));
        Assert.Contains("'iptables-save' is not installed", without.Result("Tables").Detail, StringComparison.Ordinal);
        Assert.Equal((CheckStatus.Skipped, null), (unread.Result("Masquerade").Status, unread.Result("Masquerade").Remedy));
        Assert.Contains("it died", unread.Result("Tables").Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_network_in_use_without_a_policy_is_to_be_translated_as_well()
    {
        HostSnapshot host = Snapshots.Of(Nothing, host => host.Firewall[IpFamily.IPv4].Load(
            $"*nat\n-D POSTROUTING -s 172.18.0.0/16 ! -o {UsualHost.Media.Bridge} -j MASQUERADE\nCOMMIT\n"));

        Assert.Equal(["Masquerade Fail"], host.Troubles());
        Assert.Contains("media sends by tailscale0", host.Result("Masquerade").Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Ports_without_a_policy_are_told_of_while_an_exit_node_is_on()
    {
        HostSnapshot host = Snapshots.Of(Nothing, host =>
            host.Docker.Special["jellyfin"] = new FakeContainer("jellyfin") { Publish = ["0.0.0.0:8096:8096/tcp"] });

        Assert.Empty(host.Troubles());
        Assert.Contains("8096 (jellyfin)", host.Result("PublishedPorts").Detail, StringComparison.Ordinal);
        Assert.Contains("Answers to the internet leave by the exit node", host.Result("PublishedPorts").Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void DockerUser_with_rules_that_nothing_reaches_is_a_warning_without_a_policy()
    {
        static void Cut(FakeHost host) =>
            host.Firewall[IpFamily.IPv4].Load("*filter\n-D FORWARD -j DOCKER-USER\nCOMMIT\n");

        Assert.Empty(Snapshots.Of(Nothing, Cut).Troubles());
        HostSnapshot host = Snapshots.Of(Nothing, host =>
        {
            Cut(host);
            host.Firewall[IpFamily.IPv4].Load("*filter\n-A DOCKER-USER -s 203.0.113.9/32 -j DROP\nCOMMIT\n");
        });
        Assert.Equal(["DockerUser Warn"], host.Troubles());
        Assert.Equal("iptables -I FORWARD -j DOCKER-USER", host.Result("DockerUser").Remedy);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(9)]
    public void Rules_of_others_in_the_other_store_are_a_warning_without_a_command(int count)
    {
        HostSnapshot host = Hide("*filter\n" + string.Concat(Enumerable.Range(1, count).Select(
            number => $"-A FORWARD -s 203.0.113.{number}/32 -j DROP\n")) + "COMMIT\n");

        Assert.Equal(["OtherIptables Warn"], host.Troubles());
        Assert.Null(host.Result("OtherIptables").Remedy);
        Assert.Contains($"{count} of an unknown program", host.Result("OtherIptables").Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Tailscales_own_chains_in_the_other_store_pass_with_a_word()
    {
        HostSnapshot host = Hide(UsualRules.Tailscale);

        Assert.Empty(host.Troubles());
        Assert.Contains("TS_DEBUG_FIREWALL_MODE", host.Result("OtherIptables").Detail, StringComparison.Ordinal);
        Assert.Contains("ts-forward", host.Result("OtherIptables").Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_store_whose_policy_is_drop_is_said_to_hold_the_hosts_own_connections()
    {
        HostSnapshot host = Hide(
            "*filter\n:INPUT DROP [0:0]\n:ufw-user-input - [0:0]\n-A INPUT -j ufw-user-input\n"
                + "-A ufw-user-input -p tcp -m tcp --dport 22 -j ACCEPT\nCOMMIT\n");

        CheckResult result = host.Result("OtherIptables");
        Assert.Equal((CheckStatus.Warn, null), (result.Status, result.Remedy));
        Assert.Contains("ufw", result.Detail, StringComparison.Ordinal);
        Assert.Contains("an SSH session included", result.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void What_docker_left_behind_when_it_moved_is_named_and_the_jump_that_holds_a_killswitch_stays()
    {
        HostSnapshot host = Snapshots.Healthy();
        host = host with { Hidden = IpFamilies.All.ToDictionary(family => family, host.Live.Iptables.Saved), Environment = host.Environment with { HiddenRules = 99 } };

        CheckResult result = host.Result("OtherIptables");
        Assert.Equal((CheckStatus.Warn, null), (result.Status, result.Remedy));
        Assert.Contains("of Docker (", result.Detail, StringComparison.Ordinal);
        Assert.Contains("TailSplit's own there hold", result.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_killswitch_that_the_left_store_holds_is_a_warning_and_its_own_command_takes_it_along()
    {
        HostSnapshot host = Snapshots.Healthy();
        Dictionary<IpFamily, SavedRuleset> now = IpFamilies.All.ToDictionary(
            family => family, _ => SavedRuleset.Parse("*filter\n:DOCKER-USER - [0:0]\n-A FORWARD -j ACCEPT\nCOMMIT\n"));
        host = host with
        {
            Hidden = IpFamilies.All.ToDictionary(family => family, host.Live.Iptables.Saved),
            Live = new LiveRules(now, host.Live.AllRouting),
        };

        CheckResult result = host.Result("DockerUser");
        Assert.Equal(CheckStatus.Warn, result.Status);
        Assert.Equal("New-TailSplitKillswitch torrents -Force", result.Remedy);
    }

    [Fact]
    public void A_killswitch_that_forward_does_not_lead_to_gets_a_jump_of_its_own()
    {
        HostSnapshot host = Snapshots.Healthy(host => host.Firewall[IpFamily.IPv4].Load(
            "*filter\n-D FORWARD -j DOCKER-USER\nCOMMIT\n"));

        Assert.Equal(["DockerUser Fail"], host.Troubles());
        Assert.Equal("New-TailSplitKillswitch torrents -Force", host.Result("DockerUser").Remedy);
    }

    [Fact]
    public void Docker_user_behind_a_rule_that_lets_packets_pass_is_told_of_and_left_where_it_is()
    {
        HostSnapshot host = Snapshots.Of(Nothing, host => host.Firewall[IpFamily.IPv4].Load(
            "*filter\n-D FORWARD -j DOCKER-USER\n-A FORWARD -j ACCEPT\n-A FORWARD -j DOCKER-USER\n"
                + "-A DOCKER-USER -s 172.18.0.0/16 ! -o tailscale0 -j DROP\nCOMMIT\n"));

        CheckResult result = host.Result("DockerUser");
        Assert.Equal((CheckStatus.Warn, null), (result.Status, result.Remedy));
        Assert.Contains("the split tunnel guide's script", result.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void The_guides_script_is_named_with_its_rules_and_left_where_it_is()
    {
        HostSnapshot host = Snapshots.Healthy(TroubledHosts.GuideScript);

        CheckResult result = host.Result("GuideScript");
        Assert.Equal(["GuideScript Warn"], host.Troubles());
        Assert.Null(result.Remedy);
        Assert.Contains("the split tunnel guide's script has 7 rules", result.Detail, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("-AllowPublishedPort", result.Detail, StringComparison.Ordinal);
        Assert.Contains("'cleanup'", result.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void The_guides_script_is_named_without_a_policy_too() => Assert.Contains(
        "IPv4 only",
        Snapshots.Of(Nothing, TroubledHosts.GuideScript).Result("GuideScript").Detail,
        StringComparison.Ordinal);

    [Fact]
    public void Rules_in_docker_user_that_could_be_anybodys_are_not_the_guides_script() => Assert.Equal(
        CheckStatus.Pass,
        Snapshots.Of(Nothing, host => host.Firewall[IpFamily.IPv4].Load(
            "*filter\n-A DOCKER-USER -s 172.18.0.0/16 ! -o eth0 -j DROP\nCOMMIT\n")).Result("GuideScript").Status);

    [Fact]
    public void Networkd_is_trouble_only_for_a_policy()
    {
        static void Active(FakeHost host) => host.Systemd.ActiveUnits.Add("systemd-networkd.service");

        Assert.Empty(Snapshots.Of(Nothing, Active).Troubles());
        Assert.Equal(["Networkd Warn"], Snapshots.Healthy(Active).Troubles());
    }

    [Fact]
    public void Forwarding_counts_in_the_families_that_are_used()
    {
        static void NoIPv6(FakeHost host) => host.Files["/proc/sys/net/ipv6/conf/all/forwarding"] = "0\n";

        Assert.Empty(Snapshots.Of("New-TailSplitBypass media", NoIPv6).Troubles());
        HostSnapshot host = Snapshots.Healthy(NoIPv6);
        Assert.Equal(["Forwarding Fail"], host.Troubles());
        Assert.Equal("sysctl -w net.ipv6.conf.all.forwarding=1", host.Result("Forwarding").Remedy);
    }

    private static HostSnapshot Hide(string rules) => Snapshots.Of(
        Nothing, host => host.Firewall[IpFamily.IPv4, IptablesVariant.Legacy].Load(rules));

    private static void Catch(FakeHost host, string subnet)
    {
        host.Tailscale.AllowLanAccess = false;
        host.Routes.RemoveThrows(IpFamily.IPv4, 52, Cidr.Parse(subnet));
        host.Routes.AddRoute(IpFamily.IPv4, 52, subnet, "tailscale0");
    }
}
