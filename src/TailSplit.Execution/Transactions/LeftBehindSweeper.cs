using TailSplit.Core;
using TailSplit.Core.Compilation;
using TailSplit.Core.Hosts;
using TailSplit.Core.Iptables;
using TailSplit.Core.Model;
using TailSplit.Core.Planning;
using TailSplit.Core.Rules;
using TailSplit.Execution.Firewall;
using TailSplit.Execution.Programs;

namespace TailSplit.Execution.Transactions;

/// <summary>
/// Removes TailSplit's rules from a store that Docker no longer uses, once the store in use enforces the policies.
/// It acts only if the programs name two stores and a commit to one did not change the other.
/// </summary>
internal sealed class LeftBehindSweeper(IProgramRunner runner, int waitSeconds)
{
    private readonly Iptables _iptables = new(runner);

    /// <exception cref="TailSplitException">
    /// ApplyFailed: the policies are in force, and so are the old rules.
    /// </exception>
    public async Task SweepAsync(Host host)
    {
        if (host.Firewall.LeftBehind is not LiveRules old)
            return;

        Plan plan = Planner.Plan(old, []);
        Dictionary<IpFamily, FirewallTools> tools = [];
        try
        {
            foreach (IpFamily family in plan.Restore.Keys)
            {
                // If a commit to one changes the other, both names mean the same store.
                FirewallTools? other = await _iptables.FindOtherAsync(
                    family, host.Firewall.ToolsOf(family).Store, CancellationToken.None).ConfigureAwait(false);
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
                    "The change is in force, and so are older rules of the same policies in the iptables store that " +
                    "Docker no longer uses. Run the command again to remove them.",
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
