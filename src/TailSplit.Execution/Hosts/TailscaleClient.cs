using TailSplit.Core;
using TailSplit.Core.Errors;
using TailSplit.Core.Hosts;
using TailSplit.Core.Tailscale;
using TailSplit.Execution.Programs;

namespace TailSplit.Execution.Hosts;

/// <summary>Reads Tailscale's status and preferences by its command line, which needs no root.</summary>
public sealed class TailscaleClient(IProgramRunner runner)
{
    /// <exception cref="TailSplitException">NotInstalled, TailscaleUnavailable or UnreadableOutput.</exception>
    public async Task<TailscaleStatus> GetStatusAsync(CancellationToken cancellationToken) =>
        TailscaleStatusJson.Parse(await AskAsync(["status", "--json"], cancellationToken).ConfigureAwait(false));

    /// <exception cref="TailSplitException">NotInstalled, TailscaleUnavailable or UnreadableOutput.</exception>
    public async Task<TailscalePrefs> GetPrefsAsync(CancellationToken cancellationToken) =>
        TailscalePrefsJson.Parse(await AskAsync(["debug", "prefs"], cancellationToken).ConfigureAwait(false));

    /// <summary>Reads both, and keeps why one could not be read.</summary>
    internal async Task<HostTunnel> ReadAsync(UnreadParts unread, CancellationToken cancellationToken)
    {
        Task<TailscaleStatus?> status = unread.TryAsync("Tailscale's status", () => GetStatusAsync(cancellationToken));
        Task<TailscalePrefs?> settings =
            unread.TryAsync("Tailscale's settings", () => GetPrefsAsync(cancellationToken));
        await Task.WhenAll(status, settings).ConfigureAwait(false);
        return new HostTunnel
        {
            Status = await status.ConfigureAwait(false),
            Settings = await settings.ConfigureAwait(false),
        };
    }

    private async Task<string> AskAsync(string[] arguments, CancellationToken cancellationToken)
    {
        ProgramResult result = await runner
            .RunAsync(new ProgramCall("tailscale", [.. arguments]), cancellationToken)
            .ConfigureAwait(false);
        return result.Succeeded ? result.Output : throw Failures.TailscaleUnavailable(result.Complaint).ToException();
    }
}
