using System.Collections.Immutable;
using TailSplit.Core;
using TailSplit.Core.Model;
using TailSplit.Core.Text;

namespace TailSplit.Execution;

/// <summary>
/// Reads what a packet's way depends on. Without root the firewall stays out, and the source says so.
/// </summary>
public sealed class TraceReader(IProgramRunner runner)
{
    private readonly HostReader _reader = new(runner);

    /// <exception cref="TailSplitException">
    /// NotInstalled, ReadFailed, UnreadableOutput or NoRoomBelowTailscale.
    /// </exception>
    public async Task<TraceSource> ReadAsync(CancellationToken cancellationToken)
    {
        IpFamily[] families = HostReader.HasIPv6 ? [IpFamily.IPv4, IpFamily.IPv6] : [IpFamily.IPv4];
        Task<HostState> state = ReadStateAsync(cancellationToken);
        Task<ImmutableArray<LiveRoute>>[] routes =
        [
            .. families.Select(family => ReadRoutesAsync(family, cancellationToken))
        ];
        await Task.WhenAll([state, .. routes]).ConfigureAwait(false);
        Dictionary<IpFamily, ImmutableArray<LiveRoute>> byFamily = [];
        for (int i = 0; i < families.Length; i++)
            byFamily[families[i]] = await routes[i].ConfigureAwait(false);

        return new TraceSource(await state.ConfigureAwait(false), byFamily);
    }

    private async Task<HostState> ReadStateAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (TailSplitException e) when (e.Failure.Kind is FailureKind.PermissionDenied)
        {
            return await _reader.GlanceAtRoutingAsync(cancellationToken).ConfigureAwait(false)
                with
            { Blind = e.Message };
        }
    }

    private async Task<ImmutableArray<LiveRoute>> ReadRoutesAsync(IpFamily family, CancellationToken cancellationToken)
    {
        // -N: numbers, since a table can have any name in /etc/iproute2.
        ProgramCall call = new(
            "ip", family == IpFamily.IPv4 ? "-4" : "-6", "-N", "-j", "route", "show", "table", "all");
        ProgramResult result = await runner.RunAsync(call, cancellationToken).ConfigureAwait(false);
        return result.Succeeded
            ? LiveRouteJson.Parse(family, result.Output)
            : throw Failures.ReadFailed(call.ToString(), result.Complaint).ToException();
    }
}
