using System.Collections.Immutable;
using TailSplit.Core;
using TailSplit.Core.Kernel;
using TailSplit.Core.Model;
using TailSplit.Core.Tracing.Native;
using TailSplit.Execution.Firewall;
using TailSplit.Execution.Routing;

namespace TailSplit.Execution.Hosts;

/// <summary>
/// Reads what the path of a packet depends on. Without root it leaves out the firewall, and the result says so.
/// </summary>
public sealed class TraceReader(Machine machine)
{
    private readonly HostReader _reader = new(machine);
    private readonly IpRoute _ip = new(machine.Programs);

    /// <exception cref="TailSplitException">
    /// NotInstalled, ReadFailed, UnreadableOutput or NoRoomBelowTailscale.
    /// </exception>
    public async Task<TraceInput> ReadAsync(CancellationToken cancellationToken)
    {
        Task<HostState> state = ReadStateAsync(cancellationToken);
        Task<TraceInput> source = ReadAsync(
            state, new NativeReader(machine.Programs).ReadAsync(cancellationToken), cancellationToken);
        await Task.WhenAll(state, source).ConfigureAwait(false);
        return await source.ConfigureAwait(false);
    }

    /// <summary>Reads the rest of a host whose rules are known.</summary>
    /// <exception cref="TailSplitException">NotInstalled, ReadFailed or UnreadableOutput.</exception>
    internal Task<TraceInput> ReadAsync(
        HostState state, Task<NativeView> native, CancellationToken cancellationToken) =>
        ReadAsync(Task.FromResult(state), native, cancellationToken);

    private async Task<TraceInput> ReadAsync(
        Task<HostState> state, Task<NativeView> native, CancellationToken cancellationToken)
    {
        ImmutableArray<IpFamily> families = machine.Families;
        Task<ImmutableArray<LiveRoute>>[] routes =
        [
            .. families.Select(family => _ip.ReadTablesAsync(family, cancellationToken))
        ];
        await Task.WhenAll([state, native, .. routes]).ConfigureAwait(false);
        Dictionary<IpFamily, ImmutableArray<LiveRoute>> byFamily = [];
        for (int i = 0; i < families.Length; i++)
            byFamily[families[i]] = await routes[i].ConfigureAwait(false);

        return new TraceInput(
            await state.ConfigureAwait(false), byFamily, await native.ConfigureAwait(false), new KernelSettings(machine.Files));
    }

    private async Task<HostState> ReadStateAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (TailSplitException e) when (e.Failure.Kind is FailureKind.PermissionDenied)
        {
            return await _reader.ReadRoutingOnlyAsync(cancellationToken).ConfigureAwait(false)
                with
            { FirewallUnread = e.Message };
        }
    }
}
