using System.Collections.Immutable;
using TailSplit.Core.Iptables;
using TailSplit.Core.Model;
using TailSplit.Core.Rules;
using TailSplit.Core.Tailscale;

namespace TailSplit.Core.Compilation;

/// <summary>What a bypass compiles to, one family at a time.</summary>
internal static class BypassRules
{
    /// <summary>Destinations that no bypass is about: tailnet and loopback.</summary>
    public static ImmutableArray<Cidr> NeverMarked { get; } =
        [TailscaleRanges.IPv4, Cidr.Parse("127.0.0.0/8"), TailscaleRanges.IPv6, Cidr.Parse("::1/128")];

    /// <summary>mangle: into the policy's chain. No rule at all with <see cref="Mechanism.Route"/>.</summary>
    public static IEnumerable<IptablesRule> Entries(BypassPolicy policy, IpFamily family)
    {
        string chain = OwnChains.Of(policy.Kind, policy.Name);
        string comment = RuleOwner.Of(policy).ToString();
        foreach (IptablesSpecification match in Matches(policy, family))
            yield return new(family, IptablesTable.Mangle, OwnChains.Bypass, match with { Comment = comment, Target = $"-g {chain}" });
    }

    /// <summary>mangle: what keeps its way, then the escape mark on the packet and on its connection.</summary>
    public static IEnumerable<IptablesRule> Chain(BypassPolicy policy, IpFamily family, FwMark mark)
    {
        if (!Matches(policy, family).Any())
            yield break;

        string chain = OwnChains.Of(policy.Kind, policy.Name);
        string comment = RuleOwner.Of(policy).Brief.ToString();
        foreach (Cidr destination in NeverMarked.Concat(policy.Exclude).Where(to => to.Family == family))
            yield return Rule(new() { Destination = destination, Target = "-j RETURN" });

        // Both masked: bits outside of Tailscale's are other people's.
        yield return Rule(new() { Target = $"-j MARK --set-xmark {mark}" });
        yield return Rule(
            new() { Target = $"-j CONNMARK --save-mark --nfmask {mark.MaskText} --ctmask {mark.MaskText}" });

        IptablesRule Rule(IptablesSpecification specification) =>
            new(family, IptablesTable.Mangle, chain, specification with { Comment = comment });
    }

    /// <summary>
    /// mangle, shared: the answers of marked connections carry the mark too, for the reverse path check where
    /// src_valid_mark is 1. Tailscale does the same from 1.96 on.
    /// </summary>
    public static IptablesRule Restore(IpFamily family, FwMark mark) => new(
        family, IptablesTable.Mangle, OwnChains.Bypass,
        new IptablesSpecification
        {
            Matches = $"-m conntrack --ctstate RELATED,ESTABLISHED -m connmark --mark {mark}",
            Comment = RuleOwner.SharedComment,
            Target = $"-j CONNMARK --restore-mark --nfmask {mark.MaskText} --ctmask {mark.MaskText}",
        });

    // By bridge where it is known: a foreign source address is no leak here, and one match is cheaper than two.
    private static IEnumerable<IptablesSpecification> Matches(BypassPolicy policy, IpFamily family) =>
        policy.Mechanism == Mechanism.Route ? [] : PolicyMatches.Of(policy.Target, family).Take(
            policy.Target.Bridge is null ? int.MaxValue : 1);
}
