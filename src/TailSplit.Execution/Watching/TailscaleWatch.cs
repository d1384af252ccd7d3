using System.Threading.Channels;
using TailSplit.Core;
using TailSplit.Core.Model;
using TailSplit.Execution.Hosts;
using TailSplit.Execution.Programs;
using TailSplit.Execution.Routing;

namespace TailSplit.Execution.Watching;

/// <summary>
/// Whether tailscaled answers. Policies hold without it: what is closed stays closed, and a bypass has its way. But a
/// person wants to know why nothing goes by the tunnel.
/// </summary>
/// <param name="runner">Reaches the host.</param>
/// <param name="signals">Where to tell.</param>
/// <param name="times">How often.</param>
/// <param name="host">The host as of the last look.</param>
internal sealed class TailscaleWatch(
    IProgramRunner runner, ChannelWriter<WatchSignal> signals, WatchTimes times, Func<HostState?> host)
{
    private const string Program = "tailscale";

    private readonly TailscaleClient _tailscale = new(runner);
    private readonly IpRoute _ip = new(runner);
    private InterfaceName? _tunnel;

    public async Task PollAsync(CancellationToken cancellationToken)
    {
        bool lost = false;
        while (true)
        {
            // It may run in a container, where its program is not found here: then its interface goes with it.
            string? silence = runner.IsInstalled(Program)
                ? await AskAsync(cancellationToken).ConfigureAwait(false)
                : await ReadStateAsync(cancellationToken).ConfigureAwait(false);
            if (silence is not null && !lost)
            {
                signals.TryWrite(new WatchSignal(
                    WatchKind.SourceLost,
                    $"Tailscale does not answer: {silence} A killswitch stays closed until it does."));
            }
            else if (silence is null && lost)
            {
                signals.TryWrite(new WatchSignal(WatchKind.SourceFound, "Tailscale answers again."));
            }

            lost = silence is not null;
            await Task.Delay(times.Heartbeat, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<string?> AskAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _tailscale.GetStatusAsync(cancellationToken).ConfigureAwait(false);
            return null;
        }
        catch (TailSplitException e)
        {
            // What can't be read is an answer anyway.
            return e.Failure.Kind is FailureKind.Unavailable or FailureKind.Timeout ? e.Message : null;
        }
    }

    private async Task<string?> ReadStateAsync(CancellationToken cancellationToken)
    {
        _tunnel = host()?.Tunnel ?? _tunnel;
        if (_tunnel is not InterfaceName tunnel)
            return null;

        try
        {
            string name = tunnel.ToString();
            return (await _ip.ReadInterfacesAsync(cancellationToken).ConfigureAwait(false)).Any(link => link.Name == name)
                ? null
                : $"its interface {name} is gone.";
        }
        catch (TailSplitException)
        {
            // What can't be seen may be there.
            return null;
        }
    }
}
