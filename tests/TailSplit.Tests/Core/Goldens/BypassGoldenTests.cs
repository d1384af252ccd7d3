using System.Collections.Immutable;
using TailSplit.Core.Iptables;
using TailSplit.Core.Model;
using TailSplit.Core.Rules;
using TailSplit.Tests.Core.Generators;
using Xunit;

namespace TailSplit.Tests.Core.Goldens;

public sealed class BypassGoldenTests
{
    private static readonly ImmutableArray<Cidr>[] s_destinations =
        [[], Samples.Cidrs("203.0.113.0/24", "2001:db8::/32")];

    public static TheoryData<string> Targets => GoldenTargets.Names;

    [Theory]
    [MemberData(nameof(Targets))]
    public void Every_combination_of_options_compiles_to_its_golden_rules(string target)
    {
        GoldenText text = new();
        foreach (BypassPolicy policy in Combinations(GoldenTargets.Of(target)))
            text.Add(Heading(policy), RuleEnvironment.Usual, HookSites.Usual, policy);

        GoldenFile.Check($"bypass-{target}.txt", text.ToString());
    }

    internal static IEnumerable<BypassPolicy> Combinations(PolicyTarget target) =>
        from mechanism in Enum.GetValues<Mechanism>()
        from destinations in s_destinations
        select Samples.Bypass("media", target) with { Mechanism = mechanism, Exclude = destinations };

    internal static string Heading(BypassPolicy policy) =>
        $"-Mechanism {policy.Mechanism}"
        + (policy.Exclude.IsEmpty ? "" : $" -Exclude {string.Join(", ", policy.Exclude)}");
}
