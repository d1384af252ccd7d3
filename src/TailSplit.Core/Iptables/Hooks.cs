using TailSplit.Core.Model;
using TailSplit.Core.Rules;

namespace TailSplit.Core.Iptables;

/// <summary>The jumps from foreign chains: one for each chain of TailSplit with rules.</summary>
internal static class Hooks
{
    public static IEnumerable<OwnedRule> For(IEnumerable<OwnedRule> rules, Func<IpFamily, HookSites> sites) =>
        rules.Select(rule => rule.Rule)
            .OfType<IptablesRule>()
            .Select(rule => (rule.Family, rule.Chain))
            .Distinct()
            .SelectMany(place => Into(place.Chain, place.Family, sites(place.Family)))
            .Select(rule => new OwnedRule(rule, null));

    private static IEnumerable<IptablesRule> Into(string chain, IpFamily family, HookSites sites)
    {
        switch (chain)
        {
            case OwnChains.Killswitch:
                // Docker adopts an existing DOCKER-USER and jumps there first, so this place is stable.
                yield return Jump(
                    IptablesTable.Filter, HookSites.DockerUser, RulePlacement.First,
                    sites.DockerUserExists ? RuleOwner.SharedComment : RuleOwner.CreatedChainComment);
                if (!sites.DockerUserReached)
                    yield return Jump(IptablesTable.Filter, HookSites.Forward, RulePlacement.First);
                break;
            case OwnChains.Host:
                yield return Jump(IptablesTable.Filter, HookSites.Input, RulePlacement.First);
                break;
            case OwnChains.Nat:
                // Before Docker's own SNAT: the first rule that translates wins.
                yield return Jump(IptablesTable.Nat, HookSites.Postrouting, RulePlacement.First);
                break;
            case OwnChains.Dns:
                // Before Docker's own DNAT of a published port 53.
                yield return Jump(IptablesTable.Nat, HookSites.Prerouting, RulePlacement.First);
                break;
            case OwnChains.Bypass:
                // After Tailscale's CONNMARK restore, which from 1.96 to 1.98 wipes marks set before it.
                yield return Jump(IptablesTable.Mangle, HookSites.Prerouting, RulePlacement.Last);
                break;
            case OwnChains.Mss:
                // Only packets that open a connection: all others cost one comparison.
                IptablesRule jump = Jump(IptablesTable.Mangle, HookSites.Forward, RulePlacement.First);
                yield return jump with
                {
                    Specification = jump.Specification with { Matches = IptablesMatches.OpensTcp },
                };
                break;
        }

        IptablesRule Jump(
            IptablesTable table, string from, RulePlacement placement, string comment = RuleOwner.SharedComment) =>
            new(
                family,
                table,
                from,
                new IptablesSpecification { Comment = comment, Target = $"-j {chain}" },
                placement);
    }
}
