using System.Management.Automation;
using TailSplit.Core.Model;
using TailSplit.Output;
using TailSplit.Tests.Engine.Hosting;
using TailSplit.Tests.Fakes;
using Xunit;

namespace TailSplit.Tests.Engine;

public sealed class GetPolicyTests : IDisposable
{
    private readonly Session _session = new();

    public void Dispose() => _session.Dispose();

    [Fact]
    public void Without_policies_there_is_nothing_and_no_error() =>
        Assert.Empty(_session.Run("Get-TailSplitPolicy").AssertNoErrors().Output);

    [Fact]
    public void A_killswitch_is_read_back_with_all_of_its_options()
    {
        TailSplitPolicy policy = Made(
            "New-TailSplitKillswitch torrents -Name closed -AllowDestination 192.168.1.0/24, fd00:1::/64 -AllowPublishedPort " +
            "-Action Reject -BlockHost -TunnelInterface ts-work");

        Assert.Equal("closed", policy.Name);
        Assert.Equal(PolicyKind.Killswitch, policy.Kind);
        Assert.Equal("torrents", policy.Network);
        Assert.Equal("br-torrents", policy.Bridge);
        Assert.Equal(["172.19.0.0/16", "fd00:19::/64"], policy.Subnet);
        Assert.Equal("ts-work", policy.TunnelInterface);
        Assert.Equal(["192.168.1.0/24", "fd00:1::/64"], policy.AllowDestination);
        Assert.True(policy.AllowPublishedPort);
        Assert.Equal(BlockAction.Reject, policy.Action);
        Assert.True(policy.BlockHost);
        Assert.Null(policy.Mechanism);
        AssertActive(policy);
    }

    [Theory]
    [InlineData("Mark", Mechanism.Mark)]
    [InlineData("Route", Mechanism.Route)]
    public void A_bypass_is_read_back_with_all_of_its_options(string text, Mechanism mechanism)
    {
        TailSplitPolicy policy =
            Made($"New-TailSplitBypass torrents -Exclude 198.51.100.0/24, 2001:db8::/32 -Mechanism {text}");

        Assert.Equal(PolicyKind.Bypass, policy.Kind);
        Assert.Equal("torrents", policy.Network);
        Assert.Equal(["198.51.100.0/24", "2001:db8::/32"], policy.Exclude);
        Assert.Equal(mechanism, policy.Mechanism);
        Assert.Null(policy.Action);
        AssertActive(policy);
    }

    [Fact]
    public void A_name_can_be_a_wildcard_or_come_from_the_pipeline()
    {
        _session.Given($"'media', 'games', 'torrents' | New-TailSplitKillswitch");

        Assert.Equal(["media", "games"], Names("Get-TailSplitPolicy *e*a, G*"));
        Assert.Equal(["media"], Names("'media' | Get-TailSplitPolicy"));
        Assert.Equal(["torrents"], Names("Get-DockerNetwork torrents | Get-TailSplitPolicy"));
    }

    [Fact]
    public void An_unknown_name_is_an_error_and_the_others_are_still_there()
    {
        _session.Given($"New-TailSplitKillswitch media");

        Answer answer = _session.Run("Get-TailSplitPolicy nosuch, media, nosuch*");

        Assert.Equal("nosuch", answer.AssertError("PolicyNotFound", ErrorCategory.ObjectNotFound).TargetObject);
        Assert.Equal("media", Assert.Single(answer.Policies).Name);
    }

    [Fact]
    public void Packets_are_summed_over_both_families()
    {
        _session.Given($"New-TailSplitKillswitch torrents");
        foreach (IpFamily family in IpFamilies.All)
        {
            _session.Host.Firewall[family]
                .Count("-m comment --comment \"tailsplit killswitch torrents\" -j DROP", 3, 300);
            _session.Host.Firewall[family]
                .Count("-o tailscale0 -m comment --comment \"tailsplit killswitch torrents\" -j RETURN", 10, 1000);
        }

        TailSplitPolicy policy = Assert.Single(_session.Run("Get-TailSplitPolicy").Policies);

        Assert.Equal(6UL, policy.PacketsBlocked);
        Assert.Equal(20UL, policy.PacketsPassed);
    }

    [Theory]
    [InlineData("New-TailSplitKillswitch torrents", "-A DROP")]
    [InlineData("New-TailSplitBypass torrents", "MASQUERADE")]
    public void A_rule_that_was_deleted_makes_the_policy_degraded_and_is_named(string command, string deleted)
    {
        _session.Given($"{command}");
        string text = deleted == "-A DROP" ? "tailsplit killswitch torrents\" -j DROP" : "MASQUERADE";
        Assert.Equal(1, _session.Host.Firewall[IpFamily.IPv6].Find(deleted == "-A DROP" ? "filter" : "nat")!.Chains
            .Where(chain => chain.Name.StartsWith('T'))
            .Sum(chain => chain.Rules.RemoveAll(rule => rule.Specification.Contains(text, StringComparison.Ordinal))));

        string missing = Assert.Single(Degraded().Missing);
        Assert.StartsWith("ip6tables -t ", missing, StringComparison.Ordinal);
    }

    [Fact]
    public void An_ip_rule_that_was_deleted_makes_the_policy_degraded_and_is_named_as_a_command()
    {
        _session.Given($"New-TailSplitKillswitch torrents");
        _session.Host.Routes.Delete(IpFamily.IPv6, rule => rule.End == "prohibit");

        Assert.Equal(
            ["ip -6 rule add pref 95830 from fd00:19::/64 iif br-torrents prohibit protocol 84"], Degraded().Missing);
    }

    [Fact]
    public void A_chain_that_was_flushed_makes_the_policy_degraded()
    {
        _session.Given($"New-TailSplitKillswitch torrents");
        _session.Host.Firewall[IpFamily.IPv4].Find("filter", "TSK-torrents")!.Rules.Clear();

        Assert.Contains(
            Degraded().Missing,
            line => line.StartsWith("iptables -t filter -A TSK-torrents", StringComparison.Ordinal));
    }

    [Fact]
    public void A_jump_that_was_deleted_makes_every_policy_behind_it_degraded()
    {
        _session.Given($"'torrents', 'media' | New-TailSplitKillswitch");
        _session.Host.Firewall[IpFamily.IPv4].Find("filter", "DOCKER-USER")!.Rules.Clear();

        IReadOnlyList<TailSplitPolicy> policies = _session.Run("Get-TailSplitPolicy").AssertNoErrors().Policies;

        Assert.Equal(2, policies.Count);
        Assert.All(policies, policy => Assert.Equal(PolicyState.Degraded, policy.State));
        Assert.All(
            policies,
            policy => Assert.Contains("DOCKER-USER", Assert.Single(policy.Missing), StringComparison.Ordinal));
    }

    [Fact]
    public void A_jump_that_was_overtaken_makes_the_policy_degraded()
    {
        _session.Given($"New-TailSplitKillswitch torrents");
        _session.Host.Firewall[IpFamily.IPv4].Load("*filter\n-I DOCKER-USER 1 -j ACCEPT\nCOMMIT\n");

        Assert.StartsWith("a position before rules that accept", Assert.Single(Degraded().Missing), StringComparison.Ordinal);
    }

    [Fact]
    public void A_jump_below_rules_that_let_nothing_pass_is_as_good_as_first()
    {
        _session.Given($"New-TailSplitKillswitch torrents");
        _session.Host.Firewall[IpFamily.IPv4].Load("*filter\n-I DOCKER-USER 1 -s 203.0.113.0/24 -j DROP\nCOMMIT\n");

        AssertActive(Assert.Single(_session.Run("Get-TailSplitPolicy").Policies));
    }

    [Fact]
    public void A_foreign_rule_that_ends_a_chain_of_ours_early_makes_the_policy_degraded()
    {
        _session.Given($"New-TailSplitKillswitch torrents");
        _session.Host.Firewall[IpFamily.IPv4].Load("*filter\n-I TSK-torrents 1 -j ACCEPT\nCOMMIT\n");

        Degraded();
    }

    [Fact]
    public void Rules_in_the_wrong_order_make_the_policy_degraded()
    {
        _session.Given($"New-TailSplitKillswitch torrents");
        List<Fakes.Netfilter.FakeRule> rules = _session.Host.Firewall[IpFamily.IPv4]
            .Find("filter", "TSK-torrents")!.Rules;
        rules.Reverse();

        Degraded();
    }

    [Fact]
    public void After_the_whole_firewall_was_flushed_the_second_layer_is_still_a_policy_that_can_be_seen()
    {
        _session.Given($"New-TailSplitKillswitch torrents");
        _session.Host.Firewall[IpFamily.IPv4].Flush();
        _session.Host.Firewall[IpFamily.IPv6].Flush();

        TailSplitPolicy policy = Degraded();

        Assert.Equal("br-torrents", policy.Name);
        Assert.Equal(PolicyKind.Killswitch, policy.Kind);
        Assert.Contains(policy.Missing, line => line.Contains("the firewall rules", StringComparison.Ordinal));
    }

    [Fact]
    public void A_network_recreated_on_another_bridge_makes_the_policy_degraded()
    {
        _session.Given($"New-TailSplitKillswitch media");
        _session.Host.Remove(UsualHost.Media);
        _session.Host.Add(UsualHost.Media with { Incarnation = 1, Subnet = ["172.30.0.0/16"] });

        TailSplitPolicy policy = Degraded();

        Assert.Contains(policy.Missing, line => line.Contains(UsualHost.Media.Bridge, StringComparison.Ordinal));
        Assert.Contains(policy.Missing, line => line.Contains("172.30.0.0/16", StringComparison.Ordinal));
    }

    [Fact]
    public void A_network_that_is_gone_makes_the_policy_degraded()
    {
        _session.Given($"New-TailSplitKillswitch media");
        _session.Host.Remove(UsualHost.Media);

        Assert.Equal(["the Docker network 'media' itself"], Degraded().Missing);
    }

    [Fact]
    public void Without_docker_the_rules_alone_are_judged_and_only_verbose_says_so()
    {
        _session.Given($"New-TailSplitKillswitch media");
        _session.Host.Docker.IsRunning = false;

        Answer answer = _session.Run("Get-TailSplitPolicy -Verbose").AssertNoErrors();

        AssertActive(Assert.Single(answer.Policies));
        Assert.Empty(answer.Warnings);
        Assert.Contains(
            answer.Verbose, line => line.Contains("Cannot connect to the Docker daemon", StringComparison.Ordinal));
    }

    [Fact]
    public void Without_docker_it_is_asked_and_missed_once_however_many_policies_there_are()
    {
        _session.Given($"'media', 'games', 'torrents' | New-TailSplitKillswitch");
        _session.Host.Docker.IsRunning = false;

        Answer answer = _session.Run("Get-TailSplitPolicy -Verbose").AssertNoErrors();

        Assert.Single(answer.Verbose, line => line.Contains("Cannot connect", StringComparison.Ordinal));
    }

    [Fact]
    public void A_policy_by_hand_does_not_need_docker()
    {
        _session.Given($"New-TailSplitKillswitch -Subnet 10.99.0.0/16 -Bridge br-lab -Name lab");
        // Docker is asked while the rules are read, and its answer never comes.
        _session.Host.Faults.Add(new Fault(call => call.Program == "docker")
        {
            Point = FaultPoint.Hang,
            Times = int.MaxValue,
        });

        AssertActive(Assert.Single(_session.Run("Get-TailSplitPolicy").Policies));
    }

    [Fact]
    public void Get_TailSplitPolicy_never_writes()
    {
        _session.Given($"New-TailSplitKillswitch media");
        _session.Host.Firewall[IpFamily.IPv4].Flush();

        _session.Run("Get-TailSplitPolicy; Get-TailSplitRule; Get-DockerNetwork").AssertNoErrors();

        Assert.Equal(0, _session.Host.Writes);
    }

    private TailSplitPolicy Made(string script)
    {
        _session.Given($"{script}");
        return Assert.Single(_session.Run("Get-TailSplitPolicy").AssertNoErrors().Policies);
    }

    private TailSplitPolicy Degraded()
    {
        TailSplitPolicy policy = Assert.Single(_session.Run("Get-TailSplitPolicy").AssertNoErrors().Policies);
        Assert.Equal(PolicyState.Degraded, policy.State);
        Assert.NotEmpty(policy.Missing);
        return policy;
    }

    private IEnumerable<string> Names(string script) =>
        _session.Run(script).AssertNoErrors().Policies.Select(policy => policy.Name);

    private static void AssertActive(TailSplitPolicy policy)
    {
        Assert.Empty(policy.Missing);
        Assert.Equal(PolicyState.Active, policy.State);
    }
}
