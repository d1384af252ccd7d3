using System.Collections.Immutable;
using TailSplit.Core;
using TailSplit.Core.Errors;
using TailSplit.Core.Iptables;
using TailSplit.Core.Model;
using TailSplit.Core.Planning;
using TailSplit.Execution.Firewall;
using TailSplit.Execution.Programs;
using TailSplit.Execution.Routing;

namespace TailSplit.Execution.Transactions;

/// <summary>Passes the texts of a plan to iptables-restore, nft and ip, both families at the same time.</summary>
internal sealed class Committer(
    IProgramRunner runner, Func<IpFamily, FirewallTools> tools, int waitSeconds)
{
    private readonly Iptables _iptables = new(runner);
    private readonly Nftables _nftables = new(runner);
    private readonly IpRoute _ip = new(runner);

    /// <summary>The message of the program that refused the MSS clamp; null if none did.</summary>
    public string? ClampRefusal { get; private set; }

    /// <summary>Has iptables-restore test its texts. Writes nothing.</summary>
    /// <exception cref="TailSplitException">ApplyFailed or IPv6TableMissing.</exception>
    public async Task TestAsync(Plan plan, CancellationToken cancellationToken) => await RunAsync(
        plan.Restore, family => $"test {Firewall(family)}",
        async (family, text) => WithClamp(text, await _iptables.TestAsync(
            family, tools(family).Variant, text, waitSeconds, cancellationToken).ConfigureAwait(false)),
        (family, result) => HasNoTable(family, result)
            ? Failures.IPv6TableMissing(result.Complaint)
            : Failures.ApplyFailed(
                $"test {Firewall(family)}", result.Complaint,
                "Nothing was changed. Fix the cause, then run the command again."
                    + MissingExtension.Advice(result.Complaint))).ConfigureAwait(false);

    /// <summary>Verifies that the programs write to the store that the rules were read from.</summary>
    /// <exception cref="TailSplitException">IptablesDisagree.</exception>
    public Task AssertToolsAsync(Plan plan, CancellationToken cancellationToken) => Task.WhenAll(
        plan.Restore.Keys.Select(
            family => _iptables.AssertWritesWhereReadAsync(family, tools(family), cancellationToken)));

    /// <summary>
    /// Writes the plan. Rules that block come first: the firewall before routing, unless the plan only removes.
    /// </summary>
    /// <param name="plan">The plan.</param>
    /// <param name="between">
    /// Runs between the two backends of a plan for both. It verifies that the first backend has the rules before the
    /// second loses them.
    /// </param>
    /// <exception cref="TailSplitException">ApplyFailed: the kernel may hold a part of the plan.</exception>
    public async Task CommitAsync(Plan plan, Func<Task>? between = null)
    {
        if (plan.RoutingFirst)
            await WriteRoutingAsync(plan).ConfigureAwait(false);

        (Func<Plan, Task> first, Func<Plan, Task> second) = plan.IptablesFirst
            ? ((Func<Plan, Task>)WriteIptablesAsync, (Func<Plan, Task>)WriteNftablesAsync)
            : (WriteNftablesAsync, WriteIptablesAsync);
        await first(plan).ConfigureAwait(false);
        if (between is not null && plan.Nftables.Length > 0 && !plan.Restore.IsEmpty)
            await between().ConfigureAwait(false);

        await second(plan).ConfigureAwait(false);
        if (!plan.RoutingFirst)
            await WriteRoutingAsync(plan).ConfigureAwait(false);
    }

    private Task WriteIptablesAsync(Plan plan) => RunAsync(
        plan.Restore,
        Firewall,
        async (family, text) => WithClamp(text, await _iptables.CommitAsync(
            family, tools(family).Variant, text, waitSeconds).ConfigureAwait(false)),
        (family, result) => Failures.ApplyFailed(Firewall(family), result.Complaint, ""));

    private async Task WriteNftablesAsync(Plan plan)
    {
        if (plan.Nftables.Length == 0)
            return;

        ProgramResult result = await EndAsync(Nftables.Program, _nftables.CommitAsync(plan.Nftables))
            .ConfigureAwait(false);
        if (!result.Succeeded)
            throw Failures.ApplyFailed(Nftables.Program, result.Complaint, "").ToException();
    }

    private ProgramResult WithClamp(string text, ProgramResult result)
    {
        if (!result.Succeeded && Core.Iptables.ClampRefusal.Is(text, $"{result.Output}\n{result.Error}"))
            ClampRefusal = result.Complaint;

        return result;
    }

    private Task WriteRoutingAsync(Plan plan) => RunAsync(
        plan.Batch, Routing, _ip.CommitAsync,
        (family, result) => Failures.ApplyFailed(Routing(family), result.Complaint, ""));

    private static async Task RunAsync(
        ImmutableDictionary<IpFamily, string> texts, Func<IpFamily, string> step,
        Func<IpFamily, string, Task<ProgramResult>> run, Func<IpFamily, ProgramResult, Failure> failure)
    {
        (IpFamily Family, ProgramResult Result)[] results = await Task.WhenAll(texts.Select(
            async text => (text.Key, await EndAsync(step(text.Key), run(text.Key, text.Value)).ConfigureAwait(false))))
            .ConfigureAwait(false);
        foreach ((IpFamily family, ProgramResult result) in results.OrderBy(result => result.Family))
        {
            if (!result.Succeeded)
                throw failure(family, result).ToException();
        }
    }

    // A timeout is a failure like any other: the rules are read back, and the rules of before are restored.
    private static async Task<ProgramResult> EndAsync(string step, Task<ProgramResult> run)
    {
        try
        {
            return await run.ConfigureAwait(false);
        }
        catch (TailSplitException e) when (e.Failure.Id == nameof(Failures.ProgramTimeout))
        {
            throw Failures.ApplyFailed(step, $"{e.Message} A part of the change may be in the kernel.", "")
                .ToException(e);
        }
    }

    // iptables-restore.c, create_handle: "unable to initialize table 'filter'". ip6tables: "can't initialize ip6tables
    // table `filter': Table does not exist (do you need to insmod?)".
    private static bool HasNoTable(IpFamily family, ProgramResult result) =>
        family == IpFamily.IPv6
        && (result.Error.Contains("Table does not exist", StringComparison.Ordinal)
            || result.Error.Contains("unable to initialize table", StringComparison.Ordinal));

    private static string Firewall(IpFamily family) =>
        family.Iptables() + "-restore";

    private static string Routing(IpFamily family) => $"ip {family.IpOption()} rule";
}
