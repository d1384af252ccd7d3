using System.Collections.Immutable;
using TailSplit.Core.Compilation.Routing;
using TailSplit.Core.Iptables;
using TailSplit.Core.Model;
using TailSplit.Core.Rules;

namespace TailSplit.Core.Compilation;

/// <summary>
/// Turns policies into the rules that stand for them: the same policies give the same rules, in the same order.
/// </summary>
public static class RuleCompiler
{
    /// <param name="policies">In any order.</param>
    /// <param name="environment">What of the host decides how rules are spelled.</param>
    /// <param name="sites">Where the jumps go, by family.</param>
    /// <returns>All rules, chain by chain, each chain's in their order.</returns>
    public static ImmutableArray<OwnedRule> Compile(
        IEnumerable<Policy> policies, RuleEnvironment environment, Func<IpFamily, HookSites> sites)
    {
        List<(Policy Policy, RuleOwner Owner)> ordered =
            [.. policies.OrderBy(policy => policy.Name.ToString(), StringComparer.Ordinal).Select(policy => (policy, RuleOwner.Of(policy)))];
        ImmutableArray<OwnedRule>.Builder rules = ImmutableArray.CreateBuilder<OwnedRule>();
        foreach (IpFamily family in environment.Families)
        {
            foreach ((Policy policy, RuleOwner owner) in ordered)
                rules.AddRange(OfPolicy(policy, family, environment).Select(rule => new OwnedRule(rule, owner)));

            if (rules.Any(rule => rule.Rule is IptablesRule { Chain: OwnChains.Bypass } && rule.Rule.Family == family))
            {
                // Above the ways into the policies' chains, none of which comes back.
                IptablesRule restore =
                    IptablesRenderer.Render(BypassRules.Restore(family, environment.EscapeMark));
                int at = IndexOfFirst(rules, family, OwnChains.Bypass);
                rules.Insert(at, new OwnedRule(restore, null));
            }
        }

        return rules.Count == 0 ? [] : [.. Hooks.For(rules, sites), .. rules];
    }

    private static IEnumerable<Rule> OfPolicy(Policy policy, IpFamily family, RuleEnvironment environment) =>
    [
        .. PolicyCompiler.Compile(policy, family, environment).Select(IptablesRenderer.Render),
        .. policy switch
        {
            KillswitchPolicy killswitch => KillswitchRouting.Rules(killswitch, family, environment),
            BypassPolicy bypass => BypassRouting.Rules(bypass, family, environment),
            _ => throw new ArgumentOutOfRangeException(nameof(policy)),
        },
        .. ReplyRouting.Rules(policy, family, environment),
    ];

    private static int IndexOfFirst(ImmutableArray<OwnedRule>.Builder rules, IpFamily family, string chain)
    {
        for (int i = 0; i < rules.Count; i++)
        {
            if (rules[i].Rule is IptablesRule rule && rule.Family == family && rule.Chain == chain)
                return i;
        }

        return rules.Count;
    }
}
