using System.Collections.Immutable;
using TailSplit.Core.Model;
using TailSplit.Core.Text;

namespace TailSplit.Execution;

/// <summary>conntrack-tools: the kernel's table of connections. Optional: rules hold without it.</summary>
public sealed class Conntrack(IProgramRunner runner)
{
    public const string Program = "conntrack";

    public bool IsInstalled => runner.IsInstalled(Program);

    /// <summary>All connections of a family; none where they can't be read.</summary>
    public async Task<ImmutableArray<ConntrackEntry>> ReadAsync(IpFamily family, CancellationToken cancellationToken)
    {
        ProgramCall call = new(Program, "-L", "-f", family == IpFamily.IPv4 ? "ipv4" : "ipv6") { NeedsRoot = true };
        ProgramResult result = await runner.RunAsync(call, cancellationToken).ConfigureAwait(false);
        return result.Succeeded ? ConntrackList.Parse(result.Output) : [];
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
}
