using System.Collections.Immutable;
using TailSplit.Core.Diagnosis;
using TailSplit.Core.Model;
using TailSplit.Tests.Core.Diagnosis;
using Xunit;

namespace TailSplit.Tests.Core.Proving;

public sealed class ProofTests
{
    [Theory]
    [InlineData("New-TailSplitKillswitch torrents")]
    [InlineData("New-TailSplitKillswitch torrents -AllowPublishedPort -AllowDestination 10.9.0.0/16, 203.0.113.0/24 -BlockHost -Action Reject")]
    [InlineData("New-TailSplitKillswitch torrents -DnsServer 9.9.9.9")]
    [InlineData("New-TailSplitBypass torrents")]
    [InlineData("New-TailSplitBypass torrents -Mechanism Route -Exclude 198.51.100.0/24")]
    public void A_policy_in_force_is_proved(string policy)
    {
        CheckResult result = Snapshots.Of(policy, _ => { }).Result("Contract", "torrents");

        Assert.True(result.Status == CheckStatus.Pass, result.Detail);
        Assert.Matches("Proved with [0-9]{2,} classes", result.Detail);
    }

    [Fact]
    public void A_way_that_the_policy_does_not_have_is_found_and_named()
    {
        HostSnapshot open = Snapshots.Of("New-TailSplitKillswitch torrents -AllowDestination 203.0.113.0/24", _ => { });
        HostSnapshot host = open with
        {
            Policies = [.. open.Policies.Select(live => live with
            {
                Policy = live.Policy is KillswitchPolicy killswitch ? killswitch with { AllowDestination = [] } : live.Policy,
            })],
        };

        CheckResult result = new ContractResults(host).Of("torrents");

        Assert.Equal(CheckStatus.Fail, result.Status);
        Assert.Contains("to 203.0.113.0 ", result.Detail, StringComparison.Ordinal);
        Assert.Contains("Responsible: ip -4 rule add", result.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_published_port_of_another_network_that_leads_into_the_tunnel_breaks_nothing()
    {
        HostSnapshot host = Snapshots.Of("New-TailSplitKillswitch torrents", host =>
        {
            host.Tailscale.AllowLanAccess = false;
            host.Firewall[IpFamily.IPv4].Load(
                "*nat\n-A PREROUTING -p tcp -m addrtype --dst-type LOCAL -m tcp --dport 8081 -j DNAT --to-destination 172.18.0.2:80\nCOMMIT\n");
        });

        CheckResult result = new ContractResults(host).Of("torrents");

        Assert.True(result.Status == CheckStatus.Pass, result.Detail);
    }

    [Fact]
    public void A_rule_that_is_not_understood_proves_nothing_where_it_could_let_packets_pass()
    {
        HostSnapshot host = Snapshots.Of("New-TailSplitKillswitch torrents", host => host.Firewall[IpFamily.IPv4].Load(
            "*filter\n-I DOCKER-USER 1 -m realm --realm 10 -j ACCEPT\nCOMMIT\n"));

        CheckResult result = new ContractResults(host).Of("torrents");

        Assert.Equal(CheckStatus.Warn, result.Status);
        Assert.Contains("--realm 10", result.Detail, StringComparison.Ordinal);
    }

    /// <summary>What the check itself says, before causes of other checks are named instead.</summary>
    private sealed class ContractResults(HostSnapshot host)
    {
        private readonly ImmutableArray<CheckResult> _results =
            [.. Doctor.Checks.Single(check => check.Name == "Contract").Run(host)];

        public CheckResult Of(string policy) => _results.Single(result => result.Policy?.ToString() == policy);
    }
}
