using System.Collections.Immutable;
using TailSplit.Core.Model;
using TailSplit.Core.Text;

namespace TailSplit.Execution;

/// <summary>conntrack-tools: the kernel's table of connections. Optional: rules hold without it.</summary>
public sealed class Conntrack(IProgramRunner runner)
{
    public const string Program = "conntrack";

    public bool IsInstalled => runner.IsInstalled(Program);

    /// <summary>All connections of these families; none where they can't be read.</summary>
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

    /// <summary>Deletes these connections and no others. An entry that has gone meanwhile is no failure.</summary>
    public async Task DeleteAsync(IEnumerable<ConntrackEntry> entries, CancellationToken cancellationToken)
    {
        foreach (ConntrackEntry entry in entries)
        {
            // One call each: a batch (-R) ends at the first entry that has gone by itself.
            ProgramCall call = new(Program, [.. entry.DeleteLine.Split(' ')]) { NeedsRoot = true };
            await runner.RunAsync(call, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<ImmutableArray<ConntrackEntry>> ReadAsync(IpFamily family, CancellationToken cancellationToken)
    {
        string name = family == IpFamily.IPv4 ? "ipv4" : "ipv6";
        ProgramResult result = await ListAsync(["-f", name], cancellationToken).ConfigureAwait(false);
        return result.Succeeded ? ConntrackList.Parse(result.Output) : [];
    }

    private Task<ProgramResult> ListAsync(ImmutableArray<string> options, CancellationToken cancellationToken) =>
        runner.RunAsync(new ProgramCall(Program, ["-L", .. options]) { NeedsRoot = true }, cancellationToken);
}
