using TailSplit.Core;
using TailSplit.Core.Desired;
using TailSplit.Core.Planning;
using TailSplit.Execution.Containers;
using TailSplit.Execution.Files;
using TailSplit.Execution.Hosts;
using TailSplit.Execution.Programs;
using TailSplit.Execution.Transactions;

namespace TailSplit.Execution.Labels;

/// <summary>
/// Makes what a source says be what is in force, in one transaction. A cmdlet reads, asks, and applies; a caller that has
/// nobody to ask, such as a watcher, calls <see cref="SyncAsync"/> whenever anything may have changed: with nothing to
/// do it writes nothing and does not wait for the lock.
/// </summary>
/// <param name="runner">Reaches the host.</param>
/// <param name="files">The files of the host.</param>
/// <param name="source">The source of wanted policies.</param>
/// <param name="prune">Whether policies of other origins go, or are taken over.</param>
public sealed class PolicySync(IProgramRunner runner, IHostFiles files, PolicySource source, bool prune)
{
    private readonly PolicyStore _store = new(runner);

    /// <summary>Looks, and writes nothing.</summary>
    /// <param name="glance">Whether to make do with what can be read without root.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="TailSplitException">
    /// The source or the host can't be read: nothing is known, so nothing may change.
    /// </exception>
    public async Task<SyncReading> ReadAsync(bool glance, CancellationToken cancellationToken)
    {
        HostState state = glance
            ? await new HostReader(runner).ReadForPreviewAsync(cancellationToken).ConfigureAwait(false)
            : await _store.ReadAsync(cancellationToken).ConfigureAwait(false);
        DesiredPolicies desired = await source.ReadAsync(
            new HostEngines(runner, files), state, cancellationToken).ConfigureAwait(false);
        return new SyncReading(SyncPlan.Make(desired, state.Policies, state.Environment, source.Origin, prune), state);
    }

    /// <summary>Makes these changes of a reading.</summary>
    /// <exception cref="TailSplitException">As <see cref="PolicyStore.ApplyAsync"/>.</exception>
    public async Task<SyncOutcome> ApplyAsync(
        SyncReading reading,
        IReadOnlyCollection<PolicyChange> changes,
        int waitSeconds,
        CancellationToken cancellationToken)
    {
        ApplyOutcome foreseen = PolicyStore.Foresee(changes, reading.State);
        return new SyncOutcome(reading.Plan, foreseen.Plan.IsEmpty && reading.State.LeftBehind is null
            ? foreseen
            : await _store.ApplyAsync(changes, waitSeconds, cancellationToken, reading.State).ConfigureAwait(false));
    }

    /// <summary>Looks, and makes all the changes that are due.</summary>
    /// <exception cref="TailSplitException">
    /// Nothing was changed, or what was there is restored; the failure says so.
    /// </exception>
    public async Task<SyncOutcome> SyncAsync(int waitSeconds, CancellationToken cancellationToken)
    {
        SyncReading reading = await ReadAsync(glance: false, cancellationToken).ConfigureAwait(false);
        return await ApplyAsync(reading, reading.Plan.Changes, waitSeconds, cancellationToken).ConfigureAwait(false);
    }
}
