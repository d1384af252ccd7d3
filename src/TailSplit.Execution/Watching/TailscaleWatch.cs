using System.Threading.Channels;
using TailSplit.Core;
using TailSplit.Core.Hosts;
using TailSplit.Core.Model;
using TailSplit.Execution.Hosts;
using TailSplit.Execution.Programs;
using TailSplit.Execution.Routing;

namespace TailSplit.Execution.Watching;

/// <summary>
/// Reports whether tailscaled answers. Policies stay in force without it: a killswitch still blocks, a bypass still
/// passes. The report tells the user why no packet goes through the tunnel.
/// </summary>
/// <param name="runner">Reaches the host.</param>
/// <param name="signals">Receives a signal for each change.</param>
/// <param name="times">The intervals.</param>
/// <param name="host">The host as last read.</param>
internal sealed class TailscaleWatch(
    IProgramRunner runner, ChannelWriter<WatchSignal> signals, WatchTimes times, Func<Host?> host)
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
            // tailscaled may run in a container, without its program on the host. Then its interface shows its host.
            string? silence = runner.IsInstalled(Program)
                ? await AskAsync(cancellationToken).ConfigureAwait(false)
                : await ReadStateAsync(cancellationToken).ConfigureAwait(false);
            if (silence is not null && !lost)
            {
                signals.TryWrite(new WatchSignal(
                    WatchKind.SourceLost,
                    $"Tailscale does not answer: {silence} Killswitch networks stay closed until it does."));
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
            // Output that can't be parsed is an answer too.
            return e.Failure.Kind is FailureKind.Unavailable or FailureKind.Timeout ? e.Message : null;
        }
    }

    private async Task<string?> ReadStateAsync(CancellationToken cancellationToken)
    {
        _tunnel = host()?.Tunnel.Name ?? _tunnel;
        if (_tunnel is not InterfaceName tunnel)
            return null;

        try
        {
            string name = tunnel.ToString();
            return (await _ip.ReadInterfacesAsync(cancellationToken).ConfigureAwait(false))
                .Any(link => link.Name == name)
                ? null
                : $"Its interface {name} no longer exists.";
        }
        catch (TailSplitException)
        {
            // An interface that can't be read may exist.
            return null;
        }
    }
}
