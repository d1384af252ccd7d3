using CsCheck;
using TailSplit.Core.Iptables;
using TailSplit.Core.Rules;
using TailSplit.Tests.Core.Generators;
using TailSplit.Tests.Core.ModelKernel;
using TailSplit.Tests.Fakes.Netfilter;
using Xunit;

namespace TailSplit.Tests.Core.Planning;

public sealed class CounterTests
{
    private static readonly RuleEnvironment s_usual = RuleEnvironment.Usual;

    [Fact]
    public void A_rule_that_stays_keeps_its_counters() =>
        Gen.Select(ForeignGen.Kernels, PolicyGen.SetOf(3), PolicyGen.At(3)).Sample(
            (kernel, policies, other) =>
            {
                kernel.Put(s_usual, policies);
                Count(kernel);
                Dictionary<IptablesRule, RuleCounters> before = CountersOf(kernel);

                kernel.Put(s_usual, other);
                kernel.Remove(s_usual, policies[0]);

                foreach ((IptablesRule rule, RuleCounters counters) in CountersOf(kernel))
                {
                    if (before.TryGetValue(rule, out RuleCounters kept))
                        Assert.Equal(kept, counters);
                }
            },
            print: triple => Show.Policies([.. triple.Item2, triple.Item3]));

    [Fact]
    public void Foreign_rules_keep_their_counters() => Gen.Select(ForeignGen.Kernels, PolicyGen.NonEmptySets).Sample(
        (kernel, policies) =>
        {
            Count(kernel);
            string before = kernel.State;

            kernel.Put(s_usual, policies);
            kernel.Remove(s_usual, policies);

            Assert.Equal(before, kernel.State);
        },
        print: pair => Show.Policies(pair.Item2));

    private static void Count(KernelModel kernel)
    {
        ulong packets = 0;
        foreach (FakeChain chain in kernel.Firewall.Values.SelectMany(firewall => firewall.Tables).SelectMany(
            table => table.Chains))
        {
            for (int i = 0; i < chain.Rules.Count; i++)
                chain.Rules[i] = chain.Rules[i] with { Packets = ++packets, Bytes = packets * 84 };
        }
    }

    private static Dictionary<IptablesRule, RuleCounters> CountersOf(KernelModel kernel)
    {
        Dictionary<IptablesRule, RuleCounters> counters = [];
        LiveIptables live = kernel.Read().Iptables;
        foreach (LiveIptablesRule rule in live.Hooks.Concat(live.Chains.Values.SelectMany(rules => rules)))
            counters.TryAdd(rule.Rule, rule.Counters);

        return counters;
    }
}
