using TailSplit.Core.Model;
using TailSplit.Core.Rules;
using TailSplit.Tests.Core.Goldens;
using Xunit;

namespace TailSplit.Tests.Core.Nftables;

/// <summary>In nftables the clamp needs neither xt_TCPMSS nor the table mangle of iptables.</summary>
public sealed class NftClampTests
{
    private static readonly RuleEnvironment s_withoutMangle = RuleEnvironment.Usual with { ClampsMss = false };

    [Theory]
    [InlineData(FirewallBackend.Iptables, false)]
    [InlineData(FirewallBackend.Nftables, true)]
    public void A_host_that_can_not_have_it_in_iptables_has_it_in_nftables(FirewallBackend backend, bool clamps)
    {
        FirewallRule[] rules = TypedRules.Of(
            HostGoldenTests.Policies.OfType<KillswitchPolicy>().Select(policy => policy with { Backend = backend }), s_withoutMangle);

        Assert.Equal(clamps, rules.Any(rule => rule.Stage == FirewallStage.SegmentSize));
        Assert.Equal(!clamps, rules.Any(rule => rule.Owner?.OmitsClamp == true));
    }
}
