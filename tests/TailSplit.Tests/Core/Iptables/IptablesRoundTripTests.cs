using CsCheck;
using TailSplit.Core.Iptables;
using TailSplit.Core.Model;
using TailSplit.Core.Rules;
using TailSplit.Tests.Core.Generators;
using TailSplit.Tests.Core.Nftables;
using Xunit;

namespace TailSplit.Tests.Core.Iptables;

public sealed class IptablesRoundTripTests
{
    [Fact]
    public void What_is_written_is_read_back_as_the_rules_that_were_compiled() => PolicyGen.Sets.Sample(
        policies => Assert.All(TypedRules.Of(policies), rule =>
        {
            IptablesRule written = IptablesRenderer.Render(rule);
            IptablesSpecification read = IptablesSpecification.Parse(written.Specification.ToString());

            Assert.Equal(written.Specification, read);
            FirewallRule meaning = IptablesMeaning.Of(written with { Specification = read });
            // A rule in a policy's chain names the policy alone.
            Assert.Equal(rule.Owner?.Brief.ToString(), meaning.Owner?.Brief.ToString());
            Assert.Equal(rule with { Owner = meaning.Owner, Verdict = AsWritten(rule.Verdict) }, meaning);
        }),
        print: Show.Policies);

    // CONNMARK copies the bits of a mask and names no value.
    private static FirewallVerdict AsWritten(FirewallVerdict verdict) => verdict switch
    {
        FirewallVerdict.SaveMark save => new FirewallVerdict.SaveMark(new FwMark(save.Mark.Mask, save.Mark.Mask)),
        FirewallVerdict.RestoreMark restore => new FirewallVerdict.RestoreMark(new FwMark(restore.Mark.Mask, restore.Mark.Mask)),
        _ => verdict,
    };
}
