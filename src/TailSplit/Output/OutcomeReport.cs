using System.Management.Automation;
using TailSplit.Core.Compilation;
using TailSplit.Core.Model;
using TailSplit.Core.Planning;
using TailSplit.Core.Rules;
using TailSplit.Execution;

namespace TailSplit.Output;

/// <summary>
/// Writes what came of a set of changes: a rule object for each rule it was about, an error for each that was refused.
/// </summary>
internal static class OutcomeReport
{
    public static void Write(
        PSCmdlet cmdlet, ApplyOutcome outcome, bool preview, IReadOnlyCollection<PolicyChange> changes)
    {
        foreach (RefusedChange refused in outcome.Refused)
            cmdlet.WriteError(refused.Failure.ToErrorRecord());

        if (preview && outcome.State.Blind is string reason)
            cmdlet.WriteVerbose($"Planned as if no policy were in force, since the live rules can't be read: {reason}");

        HashSet<PolicyName> names = [.. changes.Select(change => change.Name)];
        names.ExceptWith(outcome.Refused.Select(refused => refused.Change.Name));
        Dictionary<FirewallRule, RuleCounters> counters = Counters(outcome.State.Live);
        foreach (RuleChange change in outcome.Plan.Changes
            .Where(change => IsOf(change, names))
            .OrderBy(change => change.Rule.Owner?.Name.ToString() ?? "", StringComparer.Ordinal)
            .ThenBy(change => change.Rule.Rule.Layer))
        {
            RuleCounters? counted = change.Rule.Rule is FirewallRule rule && !preview && change.Fate != RuleFate.Remove
                ? counters.GetValueOrDefault(rule with { Placement = RulePlacement.Last })
                : null;
            cmdlet.WriteObject(new TailSplitRule(change.Rule, StateOf(change.Fate, preview), counted));
        }

        if (outcome.Flows.Count > 0)
            cmdlet.WriteVerbose($"{outcome.Flows.Count} connections from before the policy were ended.");

        foreach (string warning in new[] { outcome.Warning, outcome.Flows.Warning }.OfType<string>())
            cmdlet.WriteWarning(warning);
    }

    // Rules of the policies that were asked for, and whatever else had to change for them.
    private static bool IsOf(RuleChange change, HashSet<PolicyName> names) =>
        change.Fate != RuleFate.Keep || (change.Rule.Owner is RuleOwner owner && names.Contains(owner.Name));

    private static RuleState StateOf(RuleFate fate, bool preview) => (fate, preview) switch
    {
        (RuleFate.Keep, _) => RuleState.Unchanged,
        (RuleFate.Add, true) => RuleState.Planned,
        (RuleFate.Add, false) => RuleState.Applied,
        (RuleFate.Remove, true) => RuleState.PlannedRemoval,
        (RuleFate.Remove, false) => RuleState.Removed,
        _ => throw new ArgumentOutOfRangeException(nameof(fate)),
    };

    private static Dictionary<FirewallRule, RuleCounters> Counters(LiveRules live)
    {
        Dictionary<FirewallRule, RuleCounters> counters = [];
        foreach (LiveFirewallRule rule in live.Firewall)
            counters.TryAdd(rule.Rule, rule.Counters);

        return counters;
    }
}
