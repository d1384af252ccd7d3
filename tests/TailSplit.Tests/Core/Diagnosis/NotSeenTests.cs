using TailSplit.Core.Compilation;
using TailSplit.Core.Diagnosis;
using TailSplit.Core.Hosts;
using TailSplit.Core.Iptables;
using TailSplit.Core.Model;
using TailSplit.Execution.Hosts;
using TailSplit.Tests.Fakes;
using Xunit;

namespace TailSplit.Tests.Core.Diagnosis;

/// <summary>"Could not see" is not "nothing there": a Pass says what was seen, and all else is Skipped.</summary>
public sealed class NotSeenTests
{
    private const string Nothing = "Get-DockerNetwork none";
    private const string ByHand = "New-TailSplitKillswitch -Subnet 10.99.0.0/16 -Bridge br-lab -Name lab";

    [Fact]
    public void Without_docker_nothing_is_said_of_docker_user()
    {
        Host host = WithoutDocker(Snapshots.Of(Nothing));

        Assert.Equal(CheckStatus.Skipped, host.Result("DockerUser").Status);
    }

    [Fact]
    public void Without_docker_a_killswitch_passes_by_the_jump_that_it_has_in_forward()
    {
        using Engine.Hosting.Session session = new(Bare());
        session.Run(ByHand).AssertNoErrors();
        Host host = Read(session.Host);

        CheckResult result = host.Result("DockerUser");
        Assert.Equal(CheckStatus.Pass, result.Status);
        Assert.DoesNotContain("first of all", result.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_table_that_iptables_leaves_out_is_not_taken_for_empty()
    {
        Host host = TroubledHosts.All["table of nft's own rules"]();

        Assert.Equal(CheckStatus.Skipped, host.Result("DockerUser").Status);
        Assert.Equal(CheckStatus.Skipped, (host with
        {
            Firewall = host.Firewall with
            {
                Other = new Dictionary<IpFamily, SavedRuleset>
                {
                    [IpFamily.IPv4] = SavedRuleset.Parse("# Table `nat' is incompatible, use 'nft' tool.\n"),
                },
            },
        }).Result("OtherIptables").Status);
    }

    [Fact]
    public void With_docker_the_families_that_were_seen_are_named() => Assert.Equal(
        "FORWARD jumps to DOCKER-USER first (IPv4, IPv6).", Snapshots.Of(Nothing).Result("DockerUser").Detail);

    [Theory]
    [InlineData("OtherNetwork")]
    [InlineData("Privileges")]
    [InlineData("PublishedPorts")]
    [InlineData("EmbeddedDns")]
    public void What_is_behind_a_killswitch_by_hand_is_not_known(string check)
    {
        Host host = Snapshots.Of(ByHand);

        Assert.Equal(CheckStatus.Skipped, host.Result(check, "lab").Status);
    }

    [Theory]
    [InlineData("OtherNetwork")]
    [InlineData("Privileges")]
    public void What_is_behind_a_killswitch_whose_network_is_gone_is_not_known(string check)
    {
        Host host = Snapshots.Of("New-TailSplitKillswitch games", host => host.Remove(UsualHost.Games));

        Assert.Equal(CheckStatus.Skipped, host.Result(check, "games").Status);
        Assert.Contains("games", host.Result(check, "games").Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("OtherNetwork")]
    [InlineData("Privileges")]
    [InlineData("PublishedPorts")]
    public void A_killswitch_passes_by_the_containers_that_were_looked_at(string check)
    {
        Assert.Contains("no running container", Snapshots.Healthy().Result(check, "torrents").Detail, StringComparison.Ordinal);
        Assert.Contains("1 running container (seeder)", Snapshots.Healthy(host =>
        {
            int at = host.Docker.Networks.FindIndex(each => each.Name == "torrents");
            host.Docker.Networks[at] = UsualHost.Torrents with { Containers = ["seeder"] };
        }).Result(check, "torrents").Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_way_into_the_tunnel_there_is_no_escape_from_it() => Assert.Equal(
        ["TunnelTable Fail"],
        Snapshots.Of(Nothing, host =>
        {
            foreach (IpFamily family in IpFamilies.All)
                host.Routes.Delete(family, rule => rule.Table == 52);
        }).Troubles());

    [Fact]
    public void Without_an_uplink_nothing_is_said_of_its_reverse_path_check()
    {
        Host host = Snapshots.Of(Nothing, host => host.Routes.RemoveTable(254));

        Assert.Equal(CheckStatus.Skipped, host.Result("ReversePath").Status);
    }

    [Fact]
    public void The_uplinks_and_their_checks_are_named() => Assert.Contains(
        "eth0 ", Snapshots.Of(Nothing).Result("ReversePath").Detail, StringComparison.Ordinal);

    [Fact]
    public void What_could_not_be_read_of_networkd_is_no_pass()
    {
        Host host = Snapshots.Healthy();
        host = host with
        {
            Routing = host.Routing with { NetworkdDeletesRules = null },
            Unread = ["networkd's settings: only root may read them."],
        };

        CheckResult result = host.Result("Networkd");
        Assert.Equal((CheckStatus.Skipped, "networkd's settings: only root may read them."), (result.Status, result.Detail));
    }

    [Fact]
    public void An_other_store_that_could_not_be_read_says_why()
    {
        Host host = Snapshots.Healthy();
        host = host with
        {
            Firewall = host.Firewall with { Other = null },
            Unread = ["The other iptables store: iptables-nft is not installed."],
        };

        CheckResult result = host.Result("OtherIptables");
        Assert.Equal(CheckStatus.Skipped, result.Status);
        Assert.Contains("iptables-nft is not installed", result.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Addresses_of_a_bridge_that_is_not_there_are_not_known()
    {
        Host host = Snapshots.Healthy(host => host.Routes.RemoveLink(UsualHost.Torrents.Bridge));

        Assert.Equal(CheckStatus.Skipped, host.Result("Bridge", "torrents").Status);
    }

    [Fact]
    public void A_policy_without_ip_rules_or_jumps_is_told_of_by_rules_alone()
    {
        Host host = Snapshots.Of("New-TailSplitKillswitch torrents", host =>
        {
            foreach (IpFamily family in IpFamilies.All)
                host.Routes.Delete(family, rule => rule.Protocol == 84);
        });

        Assert.Equal(["Rules Fail torrents"], host.Troubles());
        Assert.Equal(CheckStatus.Skipped, host.Result("ForeignRules", "torrents").Status);
    }

    [Fact]
    public void Numbers_of_rules_are_said()
    {
        Host host = Snapshots.Healthy();

        Assert.Contains("ip rules of other programs", host.Result("ForeignRules", "torrents").Detail, StringComparison.Ordinal);
        Assert.Matches("[0-9]+ of the firewall, [0-9]+ ip rules", host.Result("Rules", "torrents").Detail);
        Assert.Matches("[0-9]+ jumps: ", host.Result("Rules", "torrents").Detail);
    }

    [Fact]
    public void Kube_routers_rule_in_front_leaves_one_layer_and_is_named()
    {
        Host host = Snapshots.Healthy(TroubledHosts.KubeRouter);

        Assert.Equal(["Rules Warn torrents"], host.Troubles());
        CheckResult result = host.Result("Rules", "torrents");
        Assert.Contains("kube-router (k3s)", result.Detail, StringComparison.Ordinal);
        Assert.Equal("New-TailSplitKillswitch torrents -Force", result.Remedy);
    }

    private static Host WithoutDocker(Host host) => host with
    {
        Live = new LiveRules(
            IpFamilies.All.ToDictionary(family => family, _ => SavedRuleset.Parse("*filter\n:FORWARD ACCEPT [0:0]\nCOMMIT\n")),
            host.Live.AllRouting),
    };

    private static FakeHost Bare()
    {
        FakeHost host = UsualHost.Create();
        foreach (IpFamily family in IpFamilies.All)
            host.Firewall[family].Load("*filter\n-D FORWARD -j DOCKER-USER\n-X DOCKER-USER\nCOMMIT\n");

        host.Docker.IsRunning = false;
        host.Routes.AddLink("br-lab", "10.99.0.1/16");
        return host;
    }

    private static Host Read(FakeHost host) =>
        new HostReader(host.Machine).ReadAsync(HostScope.Everything, CancellationToken.None).GetAwaiter().GetResult();
}
