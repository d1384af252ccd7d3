using TailSplit.Core.Diagnosis;
using TailSplit.Core.Hosts;
using TailSplit.Core.Model;
using TailSplit.Tests.Fakes;
using Xunit;

namespace TailSplit.Tests.Core.Diagnosis.Checks;

public sealed class DockerUserCheckTests
{
    [Fact]
    public void DockerUser_with_rules_that_nothing_reaches_is_a_warning_without_a_policy()
    {
        static void Cut(FakeHost host) =>
            host.Firewall[IpFamily.IPv4].Load("*filter\n-D FORWARD -j DOCKER-USER\nCOMMIT\n");

        Assert.Empty(Snapshots.Of(Snapshots.Nothing, Cut).Troubles());
        Host host = Snapshots.Of(Snapshots.Nothing, host =>
        {
            Cut(host);
            host.Firewall[IpFamily.IPv4].Load("*filter\n-A DOCKER-USER -s 203.0.113.9/32 -j DROP\nCOMMIT\n");
        });
        Assert.Equal(["DockerUser Warn"], host.Troubles());
        Assert.Equal("iptables -I FORWARD -j DOCKER-USER", host.Result("DockerUser").Remedy);
    }

    [Fact]
    public void A_killswitch_that_forward_does_not_lead_to_gets_a_jump_of_its_own()
    {
        Host host = Snapshots.Healthy(host => host.Firewall[IpFamily.IPv4].Load(
            "*filter\n-D FORWARD -j DOCKER-USER\nCOMMIT\n"));

        Assert.Equal(["DockerUser Fail"], host.Troubles());
        Assert.Equal("New-TailSplitKillswitch torrents -Force", host.Result("DockerUser").Remedy);
    }

    [Fact]
    public void Docker_user_behind_a_rule_that_lets_packets_pass_is_told_of_and_left_where_it_is()
    {
        Host host = Snapshots.Of(Snapshots.Nothing, host => host.Firewall[IpFamily.IPv4].Load(
            "*filter\n-D FORWARD -j DOCKER-USER\n-A FORWARD -j ACCEPT\n-A FORWARD -j DOCKER-USER\n"
                + "-A DOCKER-USER -s 172.18.0.0/16 ! -o tailscale0 -j DROP\nCOMMIT\n"));

        CheckResult result = host.Result("DockerUser");
        Assert.Equal((CheckStatus.Warn, null), (result.Status, result.Remedy));
        Assert.Contains("the split tunnel guide's script", result.Detail, StringComparison.Ordinal);
    }
}
