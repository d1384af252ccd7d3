using System.Management.Automation;
using TailSplit.Core.Compilation;
using TailSplit.Core.Model;
using TailSplit.Core.Planning;
using TailSplit.Core.Rules;
using TailSplit.Execution.Transactions;

namespace TailSplit.Output;

/// <summary>
/// Writes the result of a set of changes: an object for each rule, and an error for each refused change.
/// </summary>
internal static class OutcomeReport
{
    public static void Write(
        PSCmdlet cmdlet, ApplyOutcome outcome, bool preview, IReadOnlyCollection<PolicyChange> changes)
    {
        foreach (RefusedChange refused in outcome.Refused)
            cmdlet.WriteError(refused.Failure.ToErrorRecord());

        if (preview && outcome.Host.Firewall.Unread is string reason)
            cmdlet.WriteVerbose(
                $"The plan assumes that no policy is in force, since the rules can't be read: {reason}");

        HashSet<PolicyName> names = [.. changes.Select(change => change.Name)];
        names.ExceptWith(outcome.Refused.Select(refused => refused.Change.Name));
        Dictionary<Rule, RuleCounters> counters = Counters(outcome.Host.Live);
        foreach (RuleChange change in outcome.Plan.Changes
            .Where(change => IsOf(change, names))
            .OrderBy(change => change.Rule.Owner?.Name.ToString() ?? "", StringComparer.Ordinal)
            .ThenBy(change => change.Rule.Rule.Layer))
        {
            RuleCounters? counted = change.Rule.Rule.Layer == RuleLayer.Firewall
                && !preview && change.Kind != RuleChangeKind.Remove
                ? counters.GetValueOrDefault(change.Rule.Rule.Identity)
                : null;
            cmdlet.WriteObject(new TailSplitRule(change.Rule, StateOf(change.Kind, preview), counted));
        }

        if (outcome.Flows.Count > 0)
            cmdlet.WriteVerbose($"Connections from before the policy, now ended: {outcome.Flows.Count}.");

        foreach (string warning in new[] { outcome.Warning, outcome.Flows.Warning }.OfType<string>())
            cmdlet.WriteWarning(warning);
    }

    // The rules of the requested policies, and other rules that changed because of them.
    private static bool IsOf(RuleChange change, HashSet<PolicyName> names) =>
        change.Kind != RuleChangeKind.Keep || (change.Rule.Owner is RuleOwner owner && names.Contains(owner.Name));

    private static RuleState StateOf(RuleChangeKind action, bool preview) => (action, preview) switch
    {
        (RuleChangeKind.Keep, _) => RuleState.Unchanged,
        (RuleChangeKind.Add, true) => RuleState.Planned,
        (RuleChangeKind.Add, false) => RuleState.Applied,
        (RuleChangeKind.Remove, true) => RuleState.PlannedRemoval,
        (RuleChangeKind.Remove, false) => RuleState.Removed,
        _ => throw new ArgumentOutOfRangeException(nameof(action)),
    };

    private static Dictionary<Rule, RuleCounters> Counters(LiveRules live)
    {
        Dictionary<Rule, RuleCounters> counters = [];
        foreach (LiveFirewallRule rule in live.Firewall)
        {
            if (rule.Counters is RuleCounters counted)
                counters.TryAdd(rule.Rule.Identity, counted);
        }

        return counters;
    }
}
