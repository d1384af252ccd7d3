using TailSplit.Core;
using TailSplit.Core.Errors;
using TailSplit.Execution.Programs;

namespace TailSplit.Execution.Services;

/// <summary>Controls systemd by systemctl.</summary>
public sealed class Systemd(IProgramRunner runner)
{
    public const string Program = "systemctl";

    /// <summary>Reloads the unit files.</summary>
    /// <exception cref="TailSplitException">SystemdRefused, NotInstalled or PermissionDenied.</exception>
    public Task ReloadAsync(CancellationToken cancellationToken) => RunAsync(cancellationToken, "daemon-reload");

    /// <summary>Enables the units, so that they start at boot.</summary>
    /// <inheritdoc cref="ReloadAsync" path="/exception"/>
    public Task EnableAsync(IEnumerable<string> units, CancellationToken cancellationToken) =>
        RunAsync(cancellationToken, ["enable", .. units]);

    /// <summary>Starts a unit, or restarts it, so that it runs with its current file.</summary>
    /// <inheritdoc cref="ReloadAsync" path="/exception"/>
    public Task RestartAsync(string unit, CancellationToken cancellationToken) =>
        RunAsync(cancellationToken, "restart", unit);

    /// <summary>Stops and disables the units.</summary>
    /// <inheritdoc cref="ReloadAsync" path="/exception"/>
    public Task DisableAsync(IEnumerable<string> units, CancellationToken cancellationToken) =>
        RunAsync(cancellationToken, ["disable", "--now", .. units]);

    /// <summary>Stops a running unit, also one whose file was removed.</summary>
    /// <inheritdoc cref="ReloadAsync" path="/exception"/>
    public async Task StopAsync(string unit, CancellationToken cancellationToken)
    {
        ProgramCall question = new(Program, "is-active", unit);
        ProgramResult answer = await runner.RunAsync(question, cancellationToken).ConfigureAwait(false);
        if (answer.Succeeded || answer.Output.Trim() is "activating" or "reloading" or "deactivating")
            await RunAsync(cancellationToken, "stop", unit).ConfigureAwait(false);
    }

    private async Task RunAsync(CancellationToken cancellationToken, params string[] arguments)
    {
        // Runs without sudo, since only root could write the unit files before.
        ProgramCall call = new(Program, [.. arguments]);
        ProgramResult result = await runner.RunAsync(call, cancellationToken).ConfigureAwait(false);
        if (!result.Succeeded)
            throw Failures.SystemdRefused(call.ToString(), result.Complaint).ToException();
    }
}
