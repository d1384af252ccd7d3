using TailSplit.Core;
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

    private async Task<string> AskAsync(string[] arguments, CancellationToken cancellationToken)
    {
        ProgramResult result = await runner
            .RunAsync(new ProgramCall("tailscale", [.. arguments]), cancellationToken)
            .ConfigureAwait(false);
        return result.Succeeded ? result.Output : throw Failures.TailscaleUnavailable(result.Complaint).ToException();
    }
}
