using TailSplit.Core.Compilation;
using TailSplit.Core.Foreign;
using TailSplit.Core.Hosts;
using TailSplit.Core.Kernel;
using TailSplit.Core.Model;
using TailSplit.Core.Routing;
using TailSplit.Core.Rules;

namespace TailSplit.Core.Diagnosis.Checks;

/// <summary>
/// No ip rule of another program precedes a policy's own rules and could decide about its packets. The remedy moves
/// TailSplit's rules, never the other one.
/// </summary>
internal sealed class ForeignRulesCheck : IHostCheck
{
    public string Name => "ForeignRules";

    public IEnumerable<CheckResult> Run(Host host)
    {
        (LivePolicy Policy, KernelRoutingRule[] Rivals)[] found = [.. host.Policies.Select(policy => (
            policy, host.Live.AllRouting
                .Where(rule => RivalRules.Wins(rule, policy.Policy, host))
                .Select(rule => rule.Whole)
                .ToArray()))];
        KernelRoutingRule[] all = [.. found.SelectMany(each => each.Rivals)];
        // One base for all policies, since otherwise the remedy of one would undo that of another. It differs from the
        // present one, since blocks only move with it.
        int? place = all.Length == 0
            ? null
            : BasePreference.Below(all.Select(rule => rule.Preference).Append(First(host)).Min());
        return found.Select(each => Judge(each.Policy, each.Rivals, place, host));
    }

    private CheckResult Judge(LivePolicy policy, KernelRoutingRule[] rivals, int? place, Host host)
    {
        PolicyName name = policy.Policy.Name;
        int own = policy.Rules.Count(rule => rule.Rule is RoutingRule);
        int others = host.Live.AllRouting.Count(rule => rule.Protocol != RoutingRule.Protocol);
        if (own == 0)
            return CheckResult.Skipped(Name, "It has no ip rule now; see Rules for what is missing.", name);

        if (rivals.Length == 0)
        {
            return CheckResult.Pass(
                Name,
                $"None of {others} ip rules of other programs decides about its packets before its own {own}.",
                name);
        }

        ForeignOwner[] owners =
        [
            .. rivals.Select(rule => ForeignRoutingRules.OwnerOf(rule, host.Live.AllRouting, host.Environment)),
        ];
        string seen = ListText.Of(rivals.Zip(owners, (rule, owner) => $"{rule.Family} {rule.Text} ({owner})"));
        string consequences = string.Join(' ', owners.Select(owner => owner.Consequence).Distinct());
        string? remedy = place is int before ? PolicyCommand.Apply(policy.Policy, before) : null;
        string choice = remedy is null ? "TailSplit's ip rules can't go in front of it: no preference is free."
            : owners.Any(owner => owner.IsVpn)
                ? "The remedy puts TailSplit's ip rules first: the network then no longer uses that VPN, which only " +
                    "you can decide."
            : "The remedy puts TailSplit's ip rules first and does not change that rule.";
        return rivals.All(rule => RivalRules.LeavesOneLayer(rule, policy.Policy, host))
            ? CheckResult.Warn(
                Name,
                $"For some destinations an ip rule of another program decides first, and {Layer(policy.Policy)}: " +
                    $"{seen}. {consequences} {choice}",
                remedy, name)
            : CheckResult.Fail(
                Name, $"An ip rule of another program decides first: {seen}. {consequences} {choice}", remedy, name);
    }

    private static string Layer(Policy policy) => policy is KillswitchPolicy
        ? "only the firewall refuses them"
        : "packets to them follow that rule";

    private static int First(Host host) => host.Environment.BasePreference - BasePreference.RoomBefore;
}
