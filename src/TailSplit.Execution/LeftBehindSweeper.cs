using TailSplit.Core;
using TailSplit.Core.Compilation;
using TailSplit.Core.Planning;

namespace TailSplit.Execution;

/// <summary>
/// Takes rules of ours out of a store that Docker has left, once the policies are in force in the one that it uses.
/// Until then both hold them, so that nothing opens on the way.
/// </summary>
internal sealed class LeftBehindSweeper(IProgramRunner runner, int waitSeconds)
{
    /// <exception cref="TailSplitException">
    /// ApplyFailed: the policies are in force, and the old rules are as well.
    /// </exception>
    public async Task SweepAsync(HostState state)
    {
        if (state.LeftBehind is not LiveRules old)
            return;

        IptablesVariant variant = Iptables.OtherThan(state.Store);
        try
        {
            await new Committer(runner, variant, waitSeconds).CommitAsync(Planner.Plan(old, [])).ConfigureAwait(false);
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
}
