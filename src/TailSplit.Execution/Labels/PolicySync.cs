using TailSplit.Core;
using TailSplit.Core.Desired;
using TailSplit.Core.Hosts;
using TailSplit.Core.Planning;
using TailSplit.Execution.Containers;
using TailSplit.Execution.Hosts;
using TailSplit.Execution.Transactions;

namespace TailSplit.Execution.Labels;

/// <summary>
/// Puts the policies of a source in force, in one transaction: it reads and plans, and then applies what was approved.
/// </summary>
/// <param name="machine">Reaches the host.</param>
/// <param name="source">The source of wanted policies.</param>
/// <param name="prune">Whether policies of other origins are removed or taken over.</param>
public sealed class PolicySync(Machine machine, PolicySource source, bool prune)
{
    private readonly PolicyStore _store = new(machine);

    /// <summary>Reads the source and the host, and plans the changes. Writes nothing.</summary>
    /// <param name="scope">What of the host is read.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="TailSplitException">
    /// The source or the host can't be read, so nothing may change.
    /// </exception>
    public async Task<SyncReading> ReadAsync(HostScope scope, CancellationToken cancellationToken)
    {
        Host host = await new HostReader(machine).ReadAsync(scope, cancellationToken).ConfigureAwait(false);
        DesiredPolicies desired = await source.ReadAsync(
            new HostEngines(machine), host, cancellationToken).ConfigureAwait(false);
        return new SyncReading(SyncPlan.Make(desired, host.Policies, host.Environment, source.Origin, prune), host);
    }

    /// <summary>Applies some changes of a reading.</summary>
    /// <exception cref="TailSplitException">As <see cref="PolicyStore.ApplyAsync"/>.</exception>
    public async Task<ApplyOutcome> ApplyAsync(
        SyncReading reading,
        IReadOnlyCollection<PolicyChange> changes,
        int waitSeconds,
        CancellationToken cancellationToken)
    {
        ApplyOutcome foreseen = PolicyStore.Foresee(changes, reading.Host);
        return foreseen.Plan.IsEmpty && reading.Host.Firewall.LeftBehind is null
            ? foreseen
            : await _store.ApplyAsync(changes, reading.Host, waitSeconds, cancellationToken).ConfigureAwait(false);
    }
}
