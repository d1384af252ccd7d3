using System.Collections.Immutable;
using System.Text.RegularExpressions;
using CsCheck;
using TailSplit.Core.Nftables;
using TailSplit.Core.Rules;
using TailSplit.Tests.Core.Generators;
using Xunit;

namespace TailSplit.Tests.Core.Nftables;

/// <summary>What the real nft and the kernel make of the texts.</summary>
public sealed class NftRoundTripTests
{
    private const int Samples = 25;

    [Fact]
    public void What_is_written_is_read_back_as_the_same_objects_and_as_the_rules_that_were_compiled()
    {
        using NftShell nft = NftShell.Start();
        PolicyGen.Sets.Sample(
            policies =>
            {
                FirewallRule[] rules = TypedRules.Of(policies);
                ImmutableArray<NftObject> wanted = NftRenderer.Render(rules);
                NftContent live = Write(nft, wanted);
                Assert.False(live.HasForeign);
                Assert.Equal(Texts(wanted), Texts(live.Rules.Select(rule => rule.Rule)));

                FirewallRule[] read = [.. live.Rules.SelectMany(rule => rule.Meanings)];
                // A rule that stands for no policy is about both families, whichever the policies are about.
                Assert.Equal(Sorted(rules.Where(IsOwned)), Sorted(read.Where(IsOwned)));
                // In a policy's chain the first rule that matches decides.
                Assert.Equal(Chains(rules), Chains(read));
                Assert.Equal(Texts(wanted).Select(WithoutComment), Texts(NftRenderer.Render(read)).Select(WithoutComment));
                return true;
            },
            iter: Samples, threads: 1, print: Show.Policies);
    }

    [Fact]
    public void After_the_last_policy_nothing_stays_behind()
    {
        using NftShell nft = NftShell.Start();
        Write(nft, NftRenderer.Render(TypedRules.Of(Goldens.HostGoldenTests.Policies)));
        Assert.True(nft.Read().Exists);
        Write(nft, []);
        Assert.Equal("", nft.Run("nft list ruleset"));
    }

    [Fact]
    public void The_commands_of_every_object_make_the_table_by_hand()
    {
        using NftShell nft = NftShell.Start();
        ImmutableArray<NftObject> wanted = NftRenderer.Render(TypedRules.Of(Goldens.HostGoldenTests.Policies));
        foreach (NftObject item in wanted)
            Assert.Equal("", nft.Run(item.CommandLine));

        NftContent live = nft.Read();
        Assert.Equal("", NftDiff.Write(live, wanted));

        // And by hand they go again, what leads somewhere first.
        foreach (Rule rule in live.Rules.Select(rule => rule.Rule).Reverse().OrderBy(rule => rule switch
            {
                NftRule or NftElement => 0,
                NftMap or NftChain => 1,
                _ => 2,
            }))
        {
            Assert.Equal("", nft.Run(rule.RemovalCommandLine!));
        }

        Assert.Equal("", nft.Run("nft list ruleset"));
    }

    private static NftContent Write(NftShell nft, IReadOnlyCollection<NftObject> wanted)
    {
        string text = NftDiff.Write(nft.Read(), wanted);
        Assert.Equal("", text.Length == 0 ? "" : nft.Apply(text));
        NftContent live = nft.Read();
        Assert.Equal("", NftDiff.Write(live, wanted));
        return live;
    }

    // Elements of a map have no order.
    private static string[] Texts(IEnumerable<Rule> objects) =>
        [.. objects.Select(item => item.CommandLine).Order(StringComparer.Ordinal)];

    private static string WithoutComment(string command) =>
        Regex.Replace(command, " comment \"[^\"]*\"", "").Replace("'", "", StringComparison.Ordinal);

    private static string[] Sorted(IEnumerable<FirewallRule> rules) =>
        [.. rules.Select(Text).Order(StringComparer.Ordinal)];

    private static bool IsOwned(FirewallRule rule) => rule.Owner is not null;

    private static string[] Chains(IEnumerable<FirewallRule> rules) =>
    [
        .. rules.Where(rule => rule.IsInPolicyChain)
            .GroupBy(rule => (rule.Family, rule.Owner!.Name))
            .Select(chain => string.Join('\n', chain.Select(Text)))
            .Order(StringComparer.Ordinal),
    ];

    private static string Text(FirewallRule rule) =>
        $"{rule.Owner?.ToString()} {rule.Family} {rule.Stage} {NftMatchText.Of(rule.Match)} {rule.Verdict} {rule.IsInPolicyChain}";
}
