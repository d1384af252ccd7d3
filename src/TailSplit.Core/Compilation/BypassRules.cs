using System.Collections.Immutable;
using TailSplit.Core.Model;
using TailSplit.Core.Rules;
using Verdict = TailSplit.Core.Rules.FirewallVerdict;

namespace TailSplit.Core.Compilation;

/// <summary>The firewall rules of a bypass, for one family.</summary>
internal static class BypassRules
{
    private static readonly ImmutableArray<Cidr> s_loopback = [Cidr.Parse("127.0.0.0/8"), Cidr.Parse("::1/128")];

    /// <summary>Destinations that a bypass never covers: tailnet and loopback.</summary>
    public static IEnumerable<Cidr> NeverMarked(TunnelProvider provider) => [.. provider.Ranges, .. s_loopback];

    /// <summary>The ways into the policy's chain. No rule at all with <see cref="Mechanism.Route"/>.</summary>
    public static IEnumerable<FirewallRule> Entries(BypassPolicy policy, IpFamily family)
    {
        RuleOwner owner = RuleOwner.Of(policy);
        return Senders(policy, family).Select(sender =>
            new FirewallRule(family, FirewallStage.Mark, sender, new Verdict.EnterPolicy(), owner));
    }

    /// <summary>Exceptions, then the escape mark on the packet and on its connection.</summary>
    public static IEnumerable<FirewallRule> Chain(BypassPolicy policy, IpFamily family, FwMark mark)
    {
        if (!Senders(policy, family).Any())
            yield break;

        RuleOwner owner = RuleOwner.Of(policy);
        IEnumerable<Cidr> unmarked = NeverMarked(policy.Provider).Concat(policy.Exclude);
        foreach (Cidr destination in unmarked.Where(to => to.Family == family))
            yield return Rule(new() { Destination = destination }, new Verdict.Return());

        yield return Rule(PacketMatch.Any, new Verdict.SetMark(mark));
        yield return Rule(PacketMatch.Any, new Verdict.SaveMark(mark));

        FirewallRule Rule(PacketMatch match, Verdict verdict) =>
            new(family, FirewallStage.Mark, match, verdict, owner) { IsInPolicyChain = true };
    }

    /// <summary>
    /// Shared by all bypasses: the answers of marked connections carry the mark too, for the reverse path check where
    /// src_valid_mark is 1. Tailscale does the same from 1.96 on.
    /// </summary>
    public static FirewallRule Restore(IpFamily family, FwMark mark) => new(
        family, FirewallStage.Mark, new() { ConnectionMark = mark }, new Verdict.RestoreMark(mark), null);

    // By bridge if it is known: a foreign source address is no leak here, and one match is cheaper than two.
    private static IEnumerable<PacketMatch> Senders(BypassPolicy policy, IpFamily family) =>
        policy.Mechanism == Mechanism.Route ? [] : PolicyMatches.Of(policy.Target, family).Take(
            policy.Target.Bridge is null ? int.MaxValue : 1);
}
