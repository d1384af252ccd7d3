using System.Collections.Immutable;
using TailSplit.Core.Iptables;
using TailSplit.Core.Model;
using TailSplit.Core.Nftables;
using TailSplit.Core.Routing;
using TailSplit.Core.Rules;

namespace TailSplit.Core.Compilation;

/// <summary>
/// Turns policies into rules, as the backend of each writes them: the same policies give the same rules, in the same
/// order.
/// </summary>
public static class RuleCompiler
{
    /// <param name="policies">In any order.</param>
    /// <param name="environment">What of the host decides how rules are spelled.</param>
    /// <param name="sites">Where the jumps of iptables go, by family.</param>
    /// <param name="others">Subnets of policies in force that are not compiled; they share rules with these.</param>
    /// <returns>All rules, chain by chain, each chain's in their order.</returns>
    public static ImmutableArray<OwnedRule> Compile(
        IEnumerable<Policy> policies,
        RuleEnvironment environment,
        Func<IpFamily, HookSites> sites,
        IEnumerable<Cidr>? others = null)
    {
        List<(Policy Policy, RuleOwner Owner)> ordered =
            [.. policies
                .OrderBy(policy => policy.Name.ToString(), StringComparer.Ordinal)
                .Select(policy => (policy, RuleOwner.Of(policy)))];
        Cidr[] subnets = [.. ordered.SelectMany(each => each.Policy.Target.Subnets), .. others ?? []];
        ImmutableArray<OwnedRule>.Builder rules = ImmutableArray.CreateBuilder<OwnedRule>();
        List<FirewallRule> ofNftables = [];
        foreach (IpFamily family in environment.Families)
        {
            List<FirewallRule> nft = [];
            foreach ((Policy policy, RuleOwner owner) in ordered)
            {
                IEnumerable<FirewallRule> firewall = PolicyCompiler.Compile(policy, family, environment);
                if (policy.Backend == FirewallBackend.Nftables)
                    nft.AddRange(firewall);
                else
                    rules.AddRange(IptablesRenderer.Render(firewall).Select(rule => new OwnedRule(rule, owner)));

                rules.AddRange(Routing(policy, family, environment).Select(rule => new OwnedRule(rule, owner)));
            }

            // Before the jumps into the policies' chains, which do not return.
            FirewallRule restore = BypassRules.Restore(family, environment.EscapeMark);
            if (nft.Exists(rule => rule.Stage == FirewallStage.Mark))
                nft.Insert(0, restore);

            int first = IndexOfFirst(rules, family, OwnChains.Bypass);
            if (first < rules.Count)
                rules.Insert(first, new OwnedRule(IptablesRenderer.Render(restore), null));

            ofNftables.AddRange(nft);
            rules.AddRange(
                ReplyRouting.Rules(subnets, family, environment).Select(rule => new OwnedRule(rule, null)));
        }

        return [.. Hooks.For(rules, sites), .. InNftables(ofNftables), .. rules];
    }

    private static IEnumerable<OwnedRule> InNftables(List<FirewallRule> rules)
    {
        Dictionary<(PolicyKind, PolicyName), RuleOwner> owners = [];
        foreach (RuleOwner owner in rules.Select(rule => rule.Owner).OfType<RuleOwner>())
            owners.TryAdd((owner.Kind, owner.Name), owner);

        return NftRenderer.Render(rules).Select(item => new OwnedRule(
            item, item.Owner is RuleOwner owner ? owners.GetValueOrDefault((owner.Kind, owner.Name)) : null));
    }

    private static IEnumerable<RoutingRule> Routing(Policy policy, IpFamily family, RuleEnvironment environment) =>
        policy switch
        {
            KillswitchPolicy killswitch => KillswitchRouting.Rules(killswitch, family, environment),
            BypassPolicy bypass => BypassRouting.Rules(bypass, family, environment),
            _ => throw new ArgumentOutOfRangeException(nameof(policy)),
        };

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
