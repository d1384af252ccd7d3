using System.Collections.Immutable;
using TailSplit.Core.Compilation;
using TailSplit.Core.Foreign;
using TailSplit.Core.Hosts;
using TailSplit.Core.Iptables;
using TailSplit.Core.Model;

namespace TailSplit.Core.Diagnosis;

/// <summary>
/// The rules of other programs that precede TailSplit's jumps for a policy in iptables, and could accept its packets.
/// </summary>
/// <param name="policy">The policy.</param>
/// <param name="host">The host.</param>
internal sealed class Overtaking(LivePolicy policy, Host host)
{
    /// <summary>The jumps that lead to the policy's chains.</summary>
    public ImmutableArray<LiveIptablesRule> Jumps { get; } =
        [.. host.Live.Iptables.Hooks.Where(jump => IsFor(jump.Rule, policy.Policy))];

    /// <summary>Whether it is only kube-router, which accepts packets of pods that the ip rules refuse.</summary>
    public bool IsHeldByRouting => policy.Policy is KillswitchPolicy
        && !Others.IsEmpty
        && Others.All(other => other.Owner == ForeignOwner.KubeRouter);

    /// <summary>The places of the jumps.</summary>
    public string Places => ListText.Of(Jumps.Select(PlaceOf).Distinct());

    /// <summary>The rules in the way, with their owners and what follows from each.</summary>
    public string Text => Others.IsEmpty
        ? ""
        : $" In the way: {ListText.Of(Others.Select(other => $"{other.Text} ({other.Owner})"))}. " +
            $"{string.Join(' ', Others.Select(other => other.Owner.Consequence).Distinct())}";

    // Read at the first use, since most policies have none.
    private ImmutableArray<(string Text, ForeignOwner Owner)> Others
    {
        get
        {
            if (field.IsDefault)
                field = [.. Jumps.SelectMany(InTheWay).Distinct()];

            return field;
        }
    }

    private static bool IsFor(IptablesRule jump, Policy policy) => jump.Specification.OwnChain switch
    {
        OwnChains.Nat => true,
        OwnChains.Bypass => policy is BypassPolicy,
        // It neither accepts nor drops packets: see Mtu.
        OwnChains.Mss => false,
        _ => policy is KillswitchPolicy,
    };

    private static string PlaceOf(LiveIptablesRule jump) => $"{jump.Rule.Table.NameOf()} {jump.Rule.Chain}";

    private IEnumerable<(string Text, ForeignOwner Owner)> InTheWay(LiveIptablesRule jump)
    {
        // Only the jump of bypasses is last, after Tailscale's own rule.
        IptablesRule rule = jump.Rule with
        {
            Placement = jump.Rule.Chain == HookSites.Prerouting && jump.Rule.Table == IptablesTable.Mangle
                ? RulePlacement.Last
                : RulePlacement.First,
        };
        return HookPlace.InTheWay(host.Live.Iptables.Saved(rule.Family), rule, jump.Index).Select(other => (
            $"{PlaceOf(jump)} {other}", ForeignFirewallRules.OwnerOf(rule.Chain, other)));
    }
}
