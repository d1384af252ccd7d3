using System.Collections.Immutable;
using TailSplit.Core.Model;
using TailSplit.Core.Rules;

namespace TailSplit.Core.Nftables;

/// <summary>
/// Writes firewall rules as objects of nf_tables: a base chain for each needed stage with one look-up for each kind of
/// key, and each policy's rules in chains of its own. A packet without a policy costs the same for any number of
/// policies.
/// </summary>
public static class NftRenderer
{
    /// <param name="rules">The rules of all policies and of both families, each stage's in their order.</param>
    /// <returns>
    /// The table with its objects; empty without rules. Each object comes after those that it needs, and the rules by
    /// which packets enter come last. Rules of others (<see cref="FirewallVerdict.Foreign"/>) are left out.
    /// </returns>
    public static ImmutableArray<NftObject> Render(IEnumerable<FirewallRule> rules)
    {
        FirewallRule[] own =
            [.. rules.Where(rule => rule.Verdict is not FirewallVerdict.Foreign && !rule.Match.HasForeignParts)];
        if (own.Length == 0)
            return [];

        NftLayout layout = new([.. own.Select(rule => rule.Family).Distinct()]);
        foreach (IGrouping<FirewallStage, FirewallRule> stage in own
            .Where(rule => !rule.IsInPolicyChain)
            .GroupBy(rule => rule.Stage)
            // The order does not depend on other policies, so each policy alone has the same comments as beside others.
            .OrderBy(stage => stage.Key))
        {
            layout.AddShared(stage.Key, stage.Where(rule => rule.Owner is null));
            foreach (IGrouping<(PolicyKind, PolicyName), FirewallRule> policy in ByPolicy(stage))
                new NftEntries(layout, stage.Key, policy.First().Owner!).Add(layout.Merge(policy));
        }

        foreach (IGrouping<(PolicyKind, PolicyName), FirewallRule> policy in
            ByPolicy(own.Where(rule => rule.IsInPolicyChain)))
            layout.AddPolicy(policy.First().Owner!, layout.Merge(policy));

        return layout.Objects();
    }

    private static IEnumerable<IGrouping<(PolicyKind Kind, PolicyName Name), FirewallRule>> ByPolicy(
        IEnumerable<FirewallRule> rules) => rules
        .Where(rule => rule.Owner is not null)
        .GroupBy(rule => (rule.Owner!.Kind, rule.Owner.Name))
        .OrderBy(policy => policy.Key.Name.ToString(), StringComparer.Ordinal)
        .ThenBy(policy => policy.Key.Kind);
}
