using System.Collections.Immutable;
using TailSplit.Core;
using TailSplit.Core.Containers;
using TailSplit.Core.Desired;
using TailSplit.Core.Errors;
using TailSplit.Core.Hosts;
using TailSplit.Core.Model;
using TailSplit.Core.Planning;
using TailSplit.Execution.Containers;
using TailSplit.Execution.Hosts;
using TailSplit.Execution.Labels;
using TailSplit.Execution.Transactions;

namespace TailSplit.Execution.Watching;

/// <summary>
/// Restores the policies that should be in force: those of the sources, and those that were already in force.
/// Rounds never overlap.
/// </summary>
/// <param name="machine">Reaches the host.</param>
/// <param name="sources">The sources of wanted policies; may be empty.</param>
/// <param name="clock">The time of events.</param>
internal sealed class PolicyKeeper(
    Machine machine, IReadOnlyCollection<PolicySource> sources, TimeProvider clock)
{
    private const int WaitSeconds = 5;

    private readonly PolicyStore _store = new(machine);
    private readonly MaintainedPolicies _held = new();
    private readonly HashSet<PolicyName> _dropped = [];
    private readonly RemovalNotice _note = RemovalNotice.ForThisNamespace(machine);
    private readonly (PolicySource Source, PolicySync Sync)[] _syncs =
    [
        .. sources.Select(source => (source, new PolicySync(machine, source, prune: false)))
    ];
    // The failures of the last round, and those of this one.
    private HashSet<string> _reported = [];
    private HashSet<string> _reporting = [];
    private List<WatchEvent> _events = [];
    private Host? _host;
    private bool _succeeded;
    private bool _hasRepaired;

    /// <summary>Runs the first round.</summary>
    public async Task<WatchRound> BeginAsync(CancellationToken cancellationToken)
    {
        _note.Begin();
        return await RunRoundAsync(WatchKind.Started, null, first: true, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads the host, and repairs what differs from the wanted policies.</summary>
    /// <param name="kind">What caused the round.</param>
    /// <param name="network">The Docker network concerned; null if none is.</param>
    /// <param name="cancellationToken">Stops reading. It never interrupts a repair.</param>
    public Task<WatchRound> KeepAsync(WatchKind kind, string? network, CancellationToken cancellationToken) =>
        RunRoundAsync(kind, network, first: false, cancellationToken);

    private async Task<WatchRound> RunRoundAsync(
        WatchKind kind, string? network, bool first, CancellationToken cancellationToken)
    {
        _events = [];
        _reporting = [];
        (_host, _succeeded, _hasRepaired) = (null, true, false);
        // A changed file or a recreated network asks for its policy again.
        if (kind is WatchKind.FileChanged or WatchKind.NetworkCreated)
            _dropped.Clear();

        await TryAsync(kind, stop => HoldAsync(kind, network, first, stop), cancellationToken).ConfigureAwait(false);
        foreach ((PolicySource source, PolicySync sync) in _syncs)
        {
            await TryAsync(kind, stop => SyncAsync(source, sync, kind, network, stop), cancellationToken)
                .ConfigureAwait(false);
        }

        // A failure is reported once, when it begins, not in every round.
        _reported = _reporting;
        return new WatchRound([.. _events], _host, _succeeded, _hasRepaired);
    }

    private async Task TryAsync(WatchKind kind, Func<CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        try
        {
            await work(cancellationToken).ConfigureAwait(false);
        }
        catch (TailSplitException e)
        {
            _succeeded = false;
            ReportOnce(kind, WatchOutcome.Failed, e.Message);
        }
    }

    private async Task HoldAsync(WatchKind kind, string? network, bool first, CancellationToken cancellationToken)
    {
        Host host = await _store.ReadAsync(cancellationToken).ConfigureAwait(false);
        _host = host;
        foreach (Policy policy in _held.Adopt(host, origin => _syncs.Any(sync => sync.Source.Origin == origin), first))
        {
            Add(
                first ? WatchKind.Started : WatchKind.CommandRun,
                WatchOutcome.Held,
                RepairText.Describe(policy),
                policy.Name.ToString(),
                policy.Target.Network?.ToString());
        }

        if (_dropped.Count > 0)
            _dropped.ExceptWith(CompletePolicies(host));

        DropRemovedPolicies();
        // The last known policies come first: Docker may answer late, or never.
        host = await PutAsync(kind, network, _held.LastKnown, host, cancellationToken).ConfigureAwait(false);
        if (_held.All.Count == 0)
            return;

        DesiredPolicies desired = _held.Want(await NetworksAsync(kind, cancellationToken).ConfigureAwait(false), host);
        ReportOnce(kind, desired);
        await PutAsync(kind, network, _held.Changes(desired, host), host, cancellationToken).ConfigureAwait(false);
    }

    private async Task<Host> PutAsync(
        WatchKind kind,
        string? network,
        ImmutableArray<PolicyChange> changes,
        Host host,
        CancellationToken cancellationToken)
    {
        if (changes.IsEmpty)
            return host;

        ApplyOutcome outcome = PolicyStore.Foresee(changes, host);
        if (!outcome.Plan.IsEmpty || host.Firewall.LeftBehind is not null)
            outcome = await _store.ApplyAsync(changes, host, WaitSeconds, cancellationToken).ConfigureAwait(false);

        Report(kind, network, outcome);
        // The store that Docker left is cleaned once a round.
        _host = outcome.Host with { Firewall = outcome.Host.Firewall with { Other = null } };
        return _host;
    }

    private async Task SyncAsync(
        PolicySource source, PolicySync sync, WatchKind kind, string? network, CancellationToken cancellationToken)
    {
        SyncReading reading = await sync.ReadAsync(HostScope.Rules, cancellationToken).ConfigureAwait(false);
        ReportOnce(kind, new DesiredPolicies { Failures = reading.Plan.Failures, Warnings = reading.Plan.Warnings });
        DropRemovedPolicies();
        PolicyChange[] changes = [.. reading.Plan.Changes.Where(change => !_dropped.Contains(change.Name))];
        ApplyOutcome outcome = await sync.ApplyAsync(
            reading, changes, WaitSeconds, cancellationToken).ConfigureAwait(false);
        _host = outcome.Host;
        _held.Follow(source.Origin, outcome.Host);
        Report(kind, network, outcome);
    }

    // Must run after the rules are read: a command writes its notice before it removes rules.
    private void DropRemovedPolicies()
    {
        foreach (PolicyName name in _note.Read())
        {
            _held.Drop(name);
            if (_dropped.Add(name))
                Add(
                    WatchKind.CommandRun,
                    WatchOutcome.Removed,
                    "A command removed the policy.",
                    name.ToString(),
                    null);
        }
    }

    // The policies that no command is removing at this moment.
    private static IEnumerable<PolicyName> CompletePolicies(Host host) =>
        [.. host.Policies.Where(live => host.Assessment.Missing(live).IsEmpty).Select(live => live.Policy.Name)];

    private async Task<HostNetworks> NetworksAsync(WatchKind kind, CancellationToken cancellationToken)
    {
        if (!_held.NeedNetworks)
            return new HostNetworks([]);

        HostNetworks networks = await new HostEngines(machine).ReadAsync(cancellationToken).ConfigureAwait(false);
        // The watch of an engine reports that it does not answer. Rules are restored where they were without it.
        foreach (UnseenEngine unseen in networks.Unseen.Where(unseen =>
            unseen.Failure.Id is nameof(Failures.ForeignDocker) or nameof(Failures.DockerIsPodman)))
        {
            ReportOnce(kind, WatchOutcome.Failed, unseen.Failure.Message);
        }

        return networks;
    }

    private void Report(WatchKind kind, string? network, ApplyOutcome outcome)
    {
        foreach (RefusedChange refused in outcome.Refused)
            ReportOnce(kind, WatchOutcome.Failed, refused.Failure.Message, refused.Change.Name.ToString());

        foreach (string warning in new[] { outcome.Warning, outcome.Flows.Warning }.OfType<string>())
            ReportOnce(kind, WatchOutcome.None, warning);

        RuleChange[] changed = [.. outcome.Plan.Changes.Where(change => change.Kind != RuleChangeKind.Keep)];
        if (outcome.Plan.IsEmpty)
            return;

        _hasRepaired = true;
        HashSet<string> inForce = [.. outcome.Host.Policies.Select(live => live.Policy.Name.ToString())];
        foreach (IGrouping<string?, RuleChange> changes in changed
            .Where(change => change.Rule.Owner is not null || changed.All(other => other.Rule.Owner is null))
            .GroupBy(change => change.Rule.Owner?.Name.ToString())
            .OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            bool stays = changes.Key is null || inForce.Contains(changes.Key);
            Add(
                kind,
                stays ? WatchOutcome.Repaired : WatchOutcome.Removed,
                RepairText.Of(changes),
                changes.Key,
                network);
        }

        if (changed.Length == 0)
            Add(kind, WatchOutcome.Repaired, RepairText.Of([]), null, network);
    }

    private void ReportOnce(WatchKind kind, DesiredPolicies desired)
    {
        foreach (Failure failure in desired.Failures)
            ReportOnce(kind, WatchOutcome.Failed, failure.Message);

        foreach (string warning in desired.Warnings)
            ReportOnce(kind, WatchOutcome.None, warning);
    }

    private void ReportOnce(WatchKind kind, WatchOutcome outcome, string text, string? policy = null)
    {
        if (_reporting.Add(text) && !_reported.Contains(text))
            Add(kind, outcome, text, policy, null);
    }

    private void Add(WatchKind kind, WatchOutcome outcome, string detail, string? policy, string? network) =>
        _events.Add(new WatchEvent(clock.GetLocalNow(), kind, outcome, detail) { Policy = policy, Network = network });
}
