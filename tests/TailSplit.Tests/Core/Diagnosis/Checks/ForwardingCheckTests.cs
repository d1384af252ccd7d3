using TailSplit.Core.Diagnosis;
using TailSplit.Core.Hosts;
using TailSplit.Core.Model;
using TailSplit.Tests.Fakes;
using Xunit;

namespace TailSplit.Tests.Core.Diagnosis.Checks;

public sealed class ForwardingCheckTests
{
    [Fact]
    public void A_forward_policy_of_drop_without_dockers_accepting_rules_fails()
    {
        Host host = Snapshots.Healthy(host =>
        {
            host.Docker.FirewallBackend = "nftables";
            host.Firewall[IpFamily.IPv4].Load("*filter\n-D FORWARD -j DOCKER-FORWARD\nCOMMIT\n");
        });
        string bridge = UsualHost.Media.Bridge;

        Assert.Equal(["Forwarding Fail"], host.Troubles());
        Assert.Contains("The policy of FORWARD is DROP, and no rule accepts the packets of media", host.Result("Forwarding").Detail, StringComparison.Ordinal);
        Assert.Equal(
            $"iptables -A FORWARD -i {bridge} -j ACCEPT; iptables -A FORWARD -o {bridge} -m conntrack --ctstate "
                + "RELATED,ESTABLISHED,DNAT -j ACCEPT",
            host.Result("Forwarding").Remedy);
    }

    [Fact]
    public void A_rule_of_somebody_that_drops_what_a_bypass_sends_is_named_and_left_alone()
    {
        Host host = Snapshots.Healthy(host => host.Firewall[IpFamily.IPv4].Load(
            $"*filter\n-I FORWARD 1 -i {UsualHost.Media.Bridge} -o eth0 -j DROP\nCOMMIT\n"));

        CheckResult result = host.Result("Forwarding");
        Assert.Equal(CheckStatus.Fail, result.Status);
        Assert.Contains("-A FORWARD -i ", result.Detail, StringComparison.Ordinal);
        Assert.Null(result.Remedy);
    }

    [Fact]
    public void A_native_rule_that_drops_what_a_bypass_sends_is_named()
    {
        Host host = Snapshots.Healthy(host => host.Firewall.Native = Snapshots.DockerBridges
            .Replace("nat-POSTROUTING", "closed", StringComparison.Ordinal)
            .Replace("\"nat\", \"hook\": \"postrouting\"", "\"filter\", \"hook\": \"forward\"", StringComparison.Ordinal)
            .Replace("masquerade", "drop", StringComparison.Ordinal));

        CheckResult result = host.Result("Forwarding");
        Assert.Equal(CheckStatus.Fail, result.Status);
        Assert.Contains("nft 'add rule ip docker-bridges closed ", result.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Forwarding_counts_in_the_families_that_are_used()
    {
        static void NoIPv6(FakeHost host) => host.Files["/proc/sys/net/ipv6/conf/all/forwarding"] = "0\n";

        Assert.Empty(Snapshots.Of("New-TailSplitBypass media", NoIPv6).Troubles());
        Host host = Snapshots.Healthy(NoIPv6);
        Assert.Equal(["Forwarding Fail"], host.Troubles());
        Assert.Equal("sysctl -w net.ipv6.conf.all.forwarding=1", host.Result("Forwarding").Remedy);
    }
}
