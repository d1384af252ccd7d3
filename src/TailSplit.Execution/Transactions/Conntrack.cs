using System.Collections.Immutable;
using TailSplit.Core;
using TailSplit.Core.Errors;
using TailSplit.Core.Flows;
using TailSplit.Core.Model;
using TailSplit.Execution.Programs;

namespace TailSplit.Execution.Transactions;

/// <summary>The conntrack table, by conntrack-tools. The tool is optional: rules are in force without it.</summary>
public sealed class Conntrack(IProgramRunner runner)
{
    public const string Program = "conntrack";

    // A run fails at the first connection that ends by itself after it was listed and before it is deleted.
    private const int Attempts = 20;

    public bool IsInstalled => runner.IsInstalled(Program);

    /// <summary>Reads all connections of these families.</summary>
    /// <exception cref="TailSplitException">
    /// ReadFailed, or an error of running a program: the connections can't be read.
    /// </exception>
    public async Task<ImmutableArray<ConntrackEntry>> ReadAsync(
        IReadOnlyCollection<IpFamily> families, CancellationToken cancellationToken)
    {
        // A list visits every bucket of the kernel's table, for all network namespaces, which takes about 16 ms even
        // for few connections. A version that can list both families at once does so.
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

    /// <summary>Deletes the connections that match a filter. One that has ended meanwhile is no failure.</summary>
    /// <returns>How many were deleted.</returns>
    /// <exception cref="TailSplitException">FlowsNotEnded, or an error of running a program.</exception>
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
