using TailSplit.Core.Iptables;
using TailSplit.Core.Model;
using TailSplit.Core.Rules;
using Verdict = TailSplit.Core.Rules.FirewallVerdict;

namespace TailSplit.Core.Compilation;

/// <summary>
/// Limits the segment size of TCP connections through the tunnel, so that no answer depends on ICMP errors that may be
/// filtered. These rules accept or drop nothing: on a kernel that lacks the target, killswitches apply without them,
/// and their rules record that.
/// </summary>
public static class SegmentSizeRules
{
    internal static IEnumerable<FirewallRule> Of(KillswitchPolicy policy, IpFamily family)
    {
        RuleOwner owner = RuleOwner.Of(policy);
        Cidr[] subnets = [.. policy.Target.SubnetsOf(family)];
        if (subnets.Length == 0)
            return [];

        IEnumerable<PacketMatch> ways = policy.Target.Bridge is InterfaceName bridge
            ? [new() { In = bridge, Out = policy.Tunnel }, new() { In = policy.Tunnel, Out = bridge }]
            : subnets.SelectMany(subnet => (PacketMatch[])
                [new() { Source = subnet, Out = policy.Tunnel }, new() { Destination = subnet, In = policy.Tunnel }]);
        return ways.Select(way => new FirewallRule(
            family, FirewallStage.SegmentSize, way with { OpensTcp = true }, new Verdict.ClampSegment(), owner));
    }

    /// <summary>Whether a killswitch has the clamp. In nftables it needs no module, and no table of others.</summary>
    internal static bool AreWritten(KillswitchPolicy policy, RuleEnvironment environment) =>
        policy.Backend == FirewallBackend.Nftables || environment.ClampsMss;

    /// <summary>
    /// Whether the rules of a host let killswitches in iptables have the clamp: none says that it was refused, and
    /// mangle can be read.
    /// </summary>
    public static bool ArePossible(LiveRules live) =>
        !live.Firewall.Any(rule => AreLeftOut(rule.Rule))
        && !live.Iptables.Unreadable.Any(each => each.Table.Name == IptablesTable.Mangle.NameOf()
            && !live.Iptables.Chains.ContainsKey(new ChainKey(each.Family, IptablesTable.Mangle, OwnChains.Mss)));

    /// <summary>Whether it is the last rule of a killswitch, and says that the policy has no clamp.</summary>
    public static bool AreLeftOut(Rule rule) => rule.Owner is { Kind: PolicyKind.Killswitch, OmitsClamp: true };

    /// <summary>Whether connections of the policy adapt to the tunnel's MTU, in this family.</summary>
    internal static bool AreInForce(LiveRules live, KillswitchPolicy policy, IpFamily family) =>
        live.Firewall.Any(rule => rule.Meanings.Any(clamp =>
                clamp.Stage == FirewallStage.SegmentSize && clamp.Family == family
                && clamp.Owner?.Name == policy.Name && clamp.Match.Out == policy.Tunnel)
            && (rule.Rule is not IptablesRule || live.Iptables.Leads(family, OwnChains.Mss)));
}
