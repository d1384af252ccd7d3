using System.Collections.Immutable;
using CsCheck;
using TailSplit.Core.Compilation;
using TailSplit.Core.Model;
using TailSplit.Core.Nftables;
using TailSplit.Core.Rules;
using TailSplit.Tests.Core.Generators;
using TailSplit.Tests.Core.Goldens;
using Xunit;

namespace TailSplit.Tests.Core.Nftables;

/// <summary>From any table of ours to any other.</summary>
public sealed class NftChangeTests
{
    private const int Changes = 15;

    [Fact]
    public void A_change_leads_from_any_policies_to_any_others_and_keeps_hooks_and_counters()
    {
        using NftShell nft = NftShell.Start();
        PolicyGen.Sets.Sample(
            policies =>
            {
                ImmutableArray<NftObject> wanted = NftRenderer.Render(TypedRules.Of(policies));
                NftContent before = nft.Read();
                string[] hooks = Hooks(nft);
                string text = NftDiff.Write(before, wanted);
                Assert.Equal("", text.Length == 0 ? "" : nft.Apply(text));

                NftContent after = nft.Read();
                Assert.Equal("", NftDiff.Write(after, wanted));
                Assert.Equal(wanted.Length > 0, after.Exists);
                AssertCounters(before, after);
                // A base chain that is still wanted is the one that was there, which the handle shows.
                Assert.Empty(hooks.Where(hook => wanted.OfType<NftChain>().Any(chain => hook.StartsWith($"{chain.Name} ", StringComparison.Ordinal)))
                    .Except(Hooks(nft)));
                Count(nft, after);
                return true;
            },
            iter: Changes, threads: 1, print: Show.Policies);
    }

    [Fact]
    public void Anything_deleted_from_the_table_is_restored()
    {
        using NftShell nft = NftShell.Start();
        ImmutableArray<NftObject> wanted = NftRenderer.Render(TypedRules.Of(HostGoldenTests.Policies));
        Assert.Equal("", nft.Apply(NftDiff.Write(NftContent.None, wanted)));
        foreach (Rule rule in nft.Read().Rules.Select(rule => rule.Rule).Where(rule => rule is NftRule or NftElement))
        {
            // The handle is another one as soon as the chain was written again.
            Rule now = nft.Read().Rules.Select(live => live.Rule).First(live => live.Equals(rule));
            Assert.Equal("", nft.Run(now.RemovalCommandLine));
            Assert.Equal("", nft.Apply(NftDiff.Write(nft.Read(), wanted)));
            Assert.Equal("", NftDiff.Write(nft.Read(), wanted));
        }
    }

    [Theory]
    [InlineData("flush chain inet tailsplit forward\ndelete chain inet tailsplit forward\nadd chain inet tailsplit forward { type filter hook forward priority 10; }\n")]
    [InlineData("add chain inet tailsplit forward { policy drop; }\n")]
    [InlineData("flush chain inet tailsplit forward\ndelete chain inet tailsplit forward\nadd chain inet tailsplit forward\n")]
    public void A_base_chain_that_is_not_as_it_was_made_is_made_again(string damage)
    {
        using NftShell nft = NftShell.Start();
        ImmutableArray<NftObject> wanted = NftRenderer.Render(TypedRules.Of(HostGoldenTests.Policies));
        Assert.Equal("", nft.Apply(NftDiff.Write(NftContent.None, wanted)));
        string before = nft.Run("nft list table inet tailsplit");
        Assert.Equal("", nft.Apply(damage));
        Assert.NotEqual(before, nft.Run("nft list table inet tailsplit"));

        Assert.Equal("", nft.Apply(NftDiff.Write(nft.Read(), wanted)));

        Assert.Equal("", NftDiff.Write(nft.Read(), wanted));
        Assert.Equal(Sorted(before), Sorted(nft.Run("nft list table inet tailsplit")));
    }

    [Fact]
    public void A_policy_is_read_back_from_the_table_alone()
    {
        using NftShell nft = NftShell.Start();
        PolicyGen.NonEmptySets.Sample(
            policies =>
            {
                // What -Mechanism Route leaves out is in the ip rules alone.
                Policy[] wanted = [.. policies.Select(policy =>
                    (policy is BypassPolicy bypass ? bypass with { Mechanism = Mechanism.Mark } : policy) with { Backend = FirewallBackend.Nftables })];
                NftContent live = Written(nft, wanted);
                Assert.Equal(
                    wanted.OrderBy(policy => policy.Name.ToString(), StringComparer.Ordinal),
                    PolicyReader.Read(new LiveRules(ImmutableDictionary<IpFamily, TailSplit.Core.Iptables.SavedRuleset>.Empty, [], live), RuleEnvironment.Usual)
                        .Select(policy => policy.Policy));
                return true;
            },
            iter: Changes, threads: 1, print: Show.Policies);
    }

    [Fact]
    public void Thirty_policies_are_written_and_read_back()
    {
        using NftShell nft = NftShell.Start();
        Policy[] policies =
        [
            .. Enumerable.Range(0, 30).Select(i => Samples.Killswitch(
                $"k{i}", Samples.Network($"k{i}", $"br-{i}", $"10.0.{i}.0/24", $"fd00:{i:x}::/64"))),
        ];

        NftContent live = Written(nft, policies);

        Assert.Equal(30, live.Rules.Select(rule => rule.Rule).OfType<NftElement>().Count(element => element.Map.Name == "forward-in"));
        Assert.Equal("", nft.Apply(NftDiff.Write(live, [])));
    }

    private static NftContent Written(NftShell nft, IEnumerable<Policy> policies)
    {
        string text = NftDiff.Write(nft.Read(), NftRenderer.Render(TypedRules.Of(policies)));
        Assert.Equal("", text.Length == 0 ? "" : nft.Apply(text));
        return nft.Read();
    }

    // Gives every rule that counts a number of its own.
    private static void Count(NftShell nft, NftContent live)
    {
        ulong packets = 1;
        IEnumerable<string> lines = live.Rules.Select(rule => rule.Rule).OfType<NftRule>().Where(rule => rule.Counts).Select(rule =>
            $"replace {rule.Place} handle {rule.Handle} {rule.Text(new RuleCounters(packets++, packets))}\n");
        Assert.Equal("", nft.Apply(string.Concat(lines)));
    }

    private static void AssertCounters(NftContent before, NftContent after)
    {
        Dictionary<NftRule, RuleCounters> counters = [];
        foreach (LiveFirewallRule rule in before.Rules)
        {
            if (rule.Rule is NftRule counting)
                counters.TryAdd(counting, rule.Counters ?? default);
        }

        foreach (LiveFirewallRule rule in after.Rules.Where(rule => rule.Rule is NftRule { Counts: true }))
            Assert.Equal(counters.GetValueOrDefault((NftRule)rule.Rule), rule.Counters);
    }

    private static string[] Hooks(NftShell nft) =>
    [
        .. nft.Run("nft -a list table inet tailsplit").Split('\n')
            .Where(line => line.Contains("chain ", StringComparison.Ordinal) && line.Contains("# handle", StringComparison.Ordinal))
            .Select(line => line.Trim()["chain ".Length..]),
    ];

    private static string[] Sorted(string listing) =>
        [.. listing.Split('\n').Select(line => line.Trim()).Order(StringComparer.Ordinal)];
}
