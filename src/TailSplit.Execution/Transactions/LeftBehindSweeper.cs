using TailSplit.Core;
using TailSplit.Core.Compilation;
using TailSplit.Core.Iptables;
using TailSplit.Core.Model;
using TailSplit.Core.Planning;
using TailSplit.Core.Rules;
using TailSplit.Execution.Firewall;
using TailSplit.Execution.Hosts;
using TailSplit.Execution.Programs;

namespace TailSplit.Execution.Transactions;

/// <summary>
/// Takes rules of TailSplit's out of a store that Docker has left, once the policies are in force in the one that it uses.
/// Until then both hold them, so that nothing opens on the way. It does nothing unless the stores are proved to be two:
/// their programs name two stores, and what was just written to one is not to be seen in the other.
/// </summary>
internal sealed class LeftBehindSweeper(IProgramRunner runner, int waitSeconds)
{
    private readonly Iptables _iptables = new(runner);

    /// <exception cref="TailSplitException">
    /// ApplyFailed: the policies are in force, and the old rules are as well.
    /// </exception>
    public async Task SweepAsync(HostState state)
    {
        if (state.LeftBehind is not LiveRules old)
            return;

        Plan plan = Planner.Plan(old, []);
        Dictionary<IpFamily, FirewallTools> tools = [];
        try
        {
            foreach (IpFamily family in plan.Restore.Keys)
            {
                // What was read and what was written are one store where a commit to one changes the other.
                FirewallTools? other = await _iptables.FindOtherAsync(
                    family, state.ToolsOf(family).Store, CancellationToken.None).ConfigureAwait(false);
                if (other is null || !await IsUntouchedAsync(family, other, old).ConfigureAwait(false))
                    return;

                tools[family] = other;
            }

            await new Committer(runner, family => tools[family], waitSeconds).CommitAsync(plan).ConfigureAwait(false);
        }
        catch (TailSplitException e)
        {
            throw (e.Failure with
            {
                Remedy =
                    "The change itself is in force. Older rules of the same policies are so as well, in the store of " +
                    "iptables that Docker " +
                    "does not use any more; run the command again to take them away.",
            }).ToException(e);
        }
    }

    private async Task<bool> IsUntouchedAsync(IpFamily family, FirewallTools tools, LiveRules before)
    {
        SavedRuleset now = await _iptables.ReadAsync(
            family, tools.Variant, CancellationToken.None).ConfigureAwait(false);
        return Specifications(new LiveRules(new Dictionary<IpFamily, SavedRuleset> { [family] = now }, []), family)
            .SequenceEqual(Specifications(before, family));
    }

    private static IEnumerable<Rule> Specifications(LiveRules live, IpFamily family) =>
        live.Firewall.Select(rule => rule.Rule).Where(rule => rule.Family == family);
}
