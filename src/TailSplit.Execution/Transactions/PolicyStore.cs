using System.Collections.Immutable;
using TailSplit.Core;
using TailSplit.Core.Compilation;
using TailSplit.Core.Errors;
using TailSplit.Core.Hosts;
using TailSplit.Core.Iptables;
using TailSplit.Core.Model;
using TailSplit.Core.Planning;
using TailSplit.Core.Rules;
using TailSplit.Execution.Firewall;
using TailSplit.Execution.Hosts;

namespace TailSplit.Execution.Transactions;

/// <summary>
/// The policies of this host, which exist only as its rules. A set of changes is one transaction: lock, read, plan,
/// test, commit, read back. If a step fails, the rules of before are restored.
/// </summary>
public sealed class PolicyStore(Machine machine)
{
    // Other programs write at the same time: Docker can insert a jump before the one that was just inserted first.
    private const int Attempts = 3;

    private readonly HostReader _reader = new(machine);

    /// <summary>Reads the host.</summary>
    public Task<Host> ReadAsync(CancellationToken cancellationToken) =>
        _reader.ReadAsync(HostScope.Rules, cancellationToken);

    /// <summary>Plans the changes for a host. Writes nothing.</summary>
    public static ApplyOutcome Foresee(IEnumerable<PolicyChange> changes, Host host)
    {
        (Plan plan, ImmutableArray<RefusedChange> refused) = MakePlan(changes, host);
        return new ApplyOutcome(plan, refused, host);
    }

    /// <summary>Makes the changes.</summary>
    /// <param name="changes">The changes, in the order of the request.</param>
    /// <param name="seen">A recent reading, whose interfaces and routes are kept. Its rules are read again.</param>
    /// <param name="waitSeconds">How long to wait for the lock of TailSplit and that of iptables.</param>
    /// <param name="cancellationToken">Stops waiting and reading. It never interrupts a commit.</param>
    /// <exception cref="TailSplitException">
    /// Nothing was changed, or the earlier rules are restored. The failure says which.
    /// </exception>
    public async Task<ApplyOutcome> ApplyAsync(
        IReadOnlyCollection<PolicyChange> changes, Host seen, int waitSeconds, CancellationToken cancellationToken)
    {
        // The lock is released before connections are ended: that is slow, and the rules are in force.
        (ApplyOutcome outcome, FlowCleaner? cleaner) = await WriteAsync(
            changes, seen, waitSeconds, cancellationToken).ConfigureAwait(false);
        if (cleaner is null)
            return outcome;

        await using (cleaner.ConfigureAwait(false))
            return outcome with { Flows = await cleaner.CleanAsync(outcome.Host).ConfigureAwait(false) };
    }

    private async Task<(ApplyOutcome Outcome, FlowCleaner? Cleaner)> WriteAsync(
        IReadOnlyCollection<PolicyChange> changes, Host seen, int waitSeconds, CancellationToken cancellationToken)
    {
        await using IAsyncDisposable held = await new ApplyLock(machine).AcquireAsync(
            waitSeconds, cancellationToken).ConfigureAwait(false);
        Host host = await _reader.ReadAgainAsync(seen, HostScope.Rules, cancellationToken).ConfigureAwait(false);
        (Plan plan, ImmutableArray<RefusedChange> refused) = MakePlan(changes, host);
        if (!host.Environment.ClampsMss && changes.OfType<PutPolicy>().Any(put => put.AsksAgain))
        {
            (plan, refused) = MakePlan(
                changes, host with { Environment = host.Environment with { ClampsMss = true } });
        }

        Committer committer = new(machine.Programs, host.Firewall.ToolsOf, waitSeconds);
        try
        {
            return await WriteAsync(
                committer, changes, plan, refused, host, waitSeconds, cancellationToken).ConfigureAwait(false);
        }
        catch (TailSplitException) when (committer.ClampRefusal is not null)
        {
            // The MSS clamp blocks no packet, so a network must not stay open because the kernel lacks it.
            host = await _reader.ReadAgainAsync(host, HostScope.Rules, CancellationToken.None).ConfigureAwait(false);
            host = host with { Environment = host.Environment with { ClampsMss = false } };
            (plan, refused) = MakePlan(changes, host);
            (ApplyOutcome outcome, FlowCleaner? cleaner) = await WriteAsync(
                new Committer(machine.Programs, host.Firewall.ToolsOf, waitSeconds),
                changes,
                plan,
                refused,
                host,
                waitSeconds,
                cancellationToken).ConfigureAwait(false);
            return (outcome with { Warning = Unclamped(committer.ClampRefusal) }, cleaner);
        }
    }

    private static string WhyLeftOut(LiveRules live) =>
        live.Iptables.Unreadable.Any(each => each.Table.Name == IptablesTable.Mangle.NameOf())
            ? "the table mangle can't be read"
            : "the kernel refused the rule before";

    private static string Unclamped(string refusal) =>
        $"The killswitches are in force, but without their MSS clamp ({refusal}). Large TCP segments may be lost " +
        "where ICMP is filtered. Load the module xt_TCPMSS, then run New-TailSplitKillswitch with -Force.";

    private async Task<(ApplyOutcome Outcome, FlowCleaner? Cleaner)> WriteAsync(
        Committer committer,
        IReadOnlyCollection<PolicyChange> changes,
        Plan plan,
        ImmutableArray<RefusedChange> refused,
        Host host,
        int waitSeconds,
        CancellationToken cancellationToken)
    {
        LeftBehindSweeper sweeper = new(machine.Programs, waitSeconds);
        if (plan.IsEmpty)
        {
            await sweeper.SweepAsync(host).ConfigureAwait(false);
            return (new ApplyOutcome(plan, refused, host), null);
        }

        await committer.AssertToolsAsync(plan, cancellationToken).ConfigureAwait(false);
        await RemovalNotice.ForThisNamespace(machine)
            .LeaveAsync(changes.Where(change => !refused.Any(left => left.Change == change)), cancellationToken)
            .ConfigureAwait(false);
        // With nf_tables a test takes ten times as long as the commit (an RCU grace period) and shows no more, since
        // each commit is atomic. If another family or table fails, the rules of before are restored.
        if (!host.Firewall.IsNfTables)
            await committer.TestAsync(plan, cancellationToken).ConfigureAwait(false);

        FlowCleaner cleaner = new(machine, changes, refused, cancellationToken);
        try
        {
            Host after = await CommitAsync(committer, plan, host, cleaner).ConfigureAwait(false);
            await sweeper.SweepAsync(host).ConfigureAwait(false);
            bool leavesOut = plan.Changes.Any(
                change => change.Kind == RuleChangeKind.Add && SegmentSizeRules.AreLeftOut(change.Rule.Rule));
            return (
                new ApplyOutcome(plan, refused, after)
                {
                    Warning = leavesOut ? Unclamped(WhyLeftOut(host.Live)) : null,
                },
                cleaner);
        }
        catch
        {
            await cleaner.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static (Plan Plan, ImmutableArray<RefusedChange> Refused) MakePlan(
        IEnumerable<PolicyChange> changes, Host host)
    {
        PolicySet set = new(host.Policies, host.Environment);
        ImmutableArray<RefusedChange>.Builder refused = ImmutableArray.CreateBuilder<RefusedChange>();
        foreach (PolicyChange change in changes)
        {
            if (set.Apply(change) is Failure failure)
                refused.Add(new RefusedChange(change, failure));
        }

        Plan plan = Planner.Plan(host.Live, set, set.Environment);
        Failure? failed = PlanReach.Refusal(plan, host.Live, host.Firewall.Backends);
        if (failed is not null && set.Environment.ClampsMss)
        {
            // Without the MSS clamp, killswitches write nothing to mangle.
            plan = Planner.Plan(host.Live, set, set.Environment with { ClampsMss = false });
            failed = PlanReach.Refusal(plan, host.Live, host.Firewall.Backends);
        }

        return failed is null ? (plan, refused.DrainToImmutable()) : throw failed.ToException();
    }

    /// <summary>
    /// Commits until the rules read back are those of the plan. If that fails, it restores the rules of before.
    /// </summary>
    private async Task<Host> CommitAsync(Committer committer, Plan plan, Host before, FlowCleaner cleaner)
    {
        Plan next = plan;
        TailSplitException? failure = null;
        Rule[] unseen = [];
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            Host now;
            try
            {
                await committer.CommitAsync(next, () => AssertTakenOnAsync(next, before)).ConfigureAwait(false);
                failure = null;
                cleaner.BeginReading(before.Environment.Families);
                // The whole plan, since an attempt before this one may have written other parts of it.
                now = await _reader.ReadBackAsync(before, plan, CancellationToken.None).ConfigureAwait(false);
            }
            catch (TailSplitException e)
            {
                failure = e.Failure.Id == nameof(Failures.ApplyFailed)
                    ? e
                    : Failures.ApplyFailed("read back", e.Message, "").ToException(e);
                now = await ReadAfterFailureAsync(before, failure).ConfigureAwait(false);
            }

            if (Planner.Rest(now.Live, plan) is not Plan left)
                return now;

            // A rule that is in the kernel but can't be read back would be written twice.
            if (failure is null)
                unseen = await FindUnseenAsync(left, before).ConfigureAwait(false);

            if (unseen.Length > 0)
                break;

            // The same text fails again, unless another program wrote in between.
            if (failure is not null && left.Restore.SequenceEqual(next.Restore) && left.Nftables == next.Nftables
                && left.Batch.SequenceEqual(next.Batch))
                break;

            next = left;
        }

        failure ??= Failures.ApplyFailed(
            "read back", "written rules are missing, or are not in their position", "").ToException();
        throw await RestoreAsync(committer, before, failure, unseen).ConfigureAwait(false);
    }

    // Verifies that the first backend has its rules before the second removes those that they replace.
    private async Task AssertTakenOnAsync(Plan plan, Host before)
    {
        Host now = await _reader.ReadBackAsync(before, plan, CancellationToken.None).ConfigureAwait(false);
        HashSet<Rule> present = [.. now.Live.Firewall.Select(rule => rule.Rule.Identity)];
        if (!plan.Changes
            .Where(change => change.Kind == RuleChangeKind.Add)
            .Where(change => change.Rule.Rule is IptablesRule == plan.IptablesFirst)
            .Where(change => change.Rule.Rule.Layer == RuleLayer.Firewall)
            .All(change => present.Contains(change.Rule.Rule.Identity)))
        {
            throw Failures.ApplyFailed(
                "read back", "written rules are missing, so the rules of the other backend stay", "")
                    .ToException();
        }
    }

    private async Task<Host> ReadAfterFailureAsync(Host before, TailSplitException failure)
    {
        try
        {
            return await _reader.ReadBackAsync(before, CancellationToken.None).ConfigureAwait(false);
        }
        catch (TailSplitException e)
        {
            throw (failure.Failure with
            {
                Remedy = $"The rules can no longer be read ({e.Message}), so the earlier rules were not restored. " +
                    "Run 'Get-TailSplitPolicy' to see what is in force, then run the command again.",
            }).ToException(failure);
        }
    }

    /// <summary>Restores the rules of before, and adds to the failure whether that succeeded.</summary>
    private async Task<TailSplitException> RestoreAsync(
        Committer committer, Host before, TailSplitException failure, Rule[] unseen)
    {
        string outcome;
        try
        {
            Host now = await _reader.ReadBackAsync(before, CancellationToken.None).ConfigureAwait(false);
            Plan back = Planner.Plan(now.Live, OwnRules.Of(before.Live));
            await committer.CommitAsync(back).ConfigureAwait(false);
            outcome = await CompareAsync(before, unseen).ConfigureAwait(false);
        }
        catch (TailSplitException e)
        {
            outcome =
                $"Restoring the earlier rules failed too: {e.Message} Run 'Get-TailSplitPolicy' to see what is in " +
                "force. Fix the cause, then run the command again.";
        }

        return (failure.Failure with { Remedy = outcome + MissingExtension.Advice(failure.Message) })
            .ToException(failure);
    }

    /// <summary>The rules of tables whose new chain is in the kernel but missing from the rules read back.</summary>
    private async Task<Rule[]> FindUnseenAsync(Plan left, Host host)
    {
        IptablesRule[] missing = [.. Rules(left, RuleChangeKind.Add).OfType<IptablesRule>()];
        List<Rule> unseen = [];
        foreach (IGrouping<(IpFamily Family, IptablesTable Table), IptablesRule> rules in
            missing.GroupBy(rule => (rule.Family, rule.Table)))
        {
            // A chain that the rest of the plan creates again was not read back.
            string text = left.Restore.GetValueOrDefault(rules.Key.Family, "");
            string? made = rules.Select(rule => rule.Chain).FirstOrDefault(chain =>
                OwnChains.IsOwn(chain) && text.Contains($"\n:{chain} ", StringComparison.Ordinal)
                && !host.Live.Iptables.Chains.ContainsKey(new ChainKey(rules.Key.Family, rules.Key.Table, chain)));
            if (made is not null && await new Iptables(machine.Programs)
                .HoldsAsync(rules.Key.Family, host.Firewall.ToolsOf(rules.Key.Family), rules.Key.Table, made)
                .ConfigureAwait(false))
            {
                unseen.AddRange(rules);
            }
        }

        return [.. unseen];
    }

    /// <summary>Reads back the restored rules, and describes how they differ from those of before.</summary>
    private async Task<string> CompareAsync(Host before, Rule[] unseen)
    {
        Host now = await _reader.ReadBackAsync(before, CancellationToken.None).ConfigureAwait(false);
        Plan rest = Planner.Plan(now.Live, OwnRules.Of(before.Live));
        if (rest.IsEmpty && unseen.Length == 0)
            return "The rules are as they were before. Fix the cause, then run the command again.";

        return "The rules are not as they were before. " + LeftoverText.Of(
            [.. Rules(rest, RuleChangeKind.Remove), .. unseen],
            Rules(rest, RuleChangeKind.Add),
            family => before.Firewall.ToolsOf(family).Variant.Program(family));
    }

    private static Rule[] Rules(Plan plan, RuleChangeKind action) =>
        [.. plan.Changes.Where(change => change.Kind == action).Select(change => change.Rule.Rule)];
}
