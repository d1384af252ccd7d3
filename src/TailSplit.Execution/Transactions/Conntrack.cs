using System.Collections.Immutable;
using TailSplit.Core;
using TailSplit.Core.Flows;
using TailSplit.Core.Model;
using TailSplit.Execution.Programs;

namespace TailSplit.Execution.Transactions;

/// <summary>conntrack-tools: the kernel's table of connections. Optional: rules hold without it.</summary>
public sealed class Conntrack(IProgramRunner runner)
{
    public const string Program = "conntrack";

    // A run ends at the first connection that ends by itself between being seen and being deleted.
    private const int Attempts = 20;

    public bool IsInstalled => runner.IsInstalled(Program);

    /// <summary>All connections of these families.</summary>
    /// <exception cref="TailSplitException">
    /// ReadFailed, or what running a program throws: they can't be seen.
    /// </exception>
    public async Task<ImmutableArray<ConntrackEntry>> ReadAsync(
        IReadOnlyCollection<IpFamily> families, CancellationToken cancellationToken)
    {
        // Each list looks at every bucket of the kernel's table, of all network namespaces, however few connections
        // there are: some 16 ms. So one list for both families, of a version that has both.
        if (families.Count > 1)
        {
            ProgramResult both = await ListAsync([], cancellationToken).ConfigureAwait(false);
            if (both.Succeeded && ConntrackSummary.IsOfBothFamilies(both.Error))
                return ConntrackList.Parse(both.Output);
        }

        ImmutableArray<ConntrackEntry>[] lists = await Task
            .WhenAll(families.Select(family => ReadAsync(family, cancellationToken)))
            .ConfigureAwait(false);
        return [.. lists.SelectMany(list => list)];
    }

    /// <summary>Ends the connections that match a filter. That one has ended by itself meanwhile is no failure.</summary>
    /// <returns>How many.</returns>
    /// <exception cref="TailSplitException">FlowsNotEnded, or what running a program throws.</exception>
    public async Task<int> DeleteAsync(FlowFilter filter, CancellationToken cancellationToken)
    {
        ProgramCall call = new(Program, filter.Arguments) { NeedsRoot = true };
        int deleted = 0;
        for (int attempt = 0; ; attempt++)
        {
            ProgramResult result = await runner.RunAsync(call, cancellationToken).ConfigureAwait(false);
            int? count = ConntrackSummary.Deleted(result.Error);
            deleted += count ?? 0;
            if (result.Succeeded || count == 0)
                return deleted;

            // src/conntrack.c, delete_cb: "Operation failed: such conntrack doesn't exist".
            if (!result.Error.Contains("such conntrack doesn't exist", StringComparison.Ordinal) || attempt == Attempts)
                throw Failures.FlowsNotEnded(call.ToString(), result.Complaint).ToException();
        }
    }

    private async Task<ImmutableArray<ConntrackEntry>> ReadAsync(IpFamily family, CancellationToken cancellationToken)
    {
        string name = family == IpFamily.IPv4 ? "ipv4" : "ipv6";
        ProgramResult result = await ListAsync(["-f", name], cancellationToken).ConfigureAwait(false);
        return result.Succeeded
            ? ConntrackList.Parse(result.Output)
            : throw Failures.FlowsNotEnded($"{Program} -L -f {name}", result.Complaint).ToException();
    }

    private Task<ProgramResult> ListAsync(ImmutableArray<string> options, CancellationToken cancellationToken) =>
        runner.RunAsync(new ProgramCall(Program, ["-L", .. options]) { NeedsRoot = true }, cancellationToken);
}
