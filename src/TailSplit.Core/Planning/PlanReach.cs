using TailSplit.Core.Compilation;
using TailSplit.Core.Errors;
using TailSplit.Core.Iptables;
using TailSplit.Core.Model;

namespace TailSplit.Core.Planning;

/// <summary>
/// Whether everything that a plan writes can be written and read back. In a table that can be read only in part, rules
/// can be removed but not added.
/// </summary>
public static class PlanReach
{
    /// <summary>Why the plan must not be written; null if it may be.</summary>
    public static Failure? Refusal(Plan plan, LiveRules live, FirewallBackends backends)
    {
        if (plan.Nftables.Length > 0 && backends.NftablesTrouble is Failure nftables)
            return nftables;

        if (!plan.Restore.IsEmpty && backends.IptablesTrouble is Failure iptables)
            return iptables;

        foreach ((IpFamily family, SavedTable table) in live.Iptables.Unreadable)
        {
            if (RestoreLines.Adds(plan.Restore.GetValueOrDefault(family, ""), table.Name))
                return Failures.TableUnreadable(
                    family, table.Name, table.Unreadable!.Culprit, table.Unreadable.IsTailscales);
        }

        return null;
    }
}
