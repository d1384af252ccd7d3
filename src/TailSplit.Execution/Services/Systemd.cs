using TailSplit.Core;

namespace TailSplit.Execution.Services;

/// <summary>systemd, by systemctl.</summary>
public sealed class Systemd(IProgramRunner runner)
{
    public const string Program = "systemctl";

    public bool IsInstalled => runner.IsInstalled(Program);

    /// <summary>Has it read the units anew.</summary>
    /// <exception cref="TailSplitException">SystemdRefused, NotInstalled or PermissionDenied.</exception>
    public Task ReloadAsync(CancellationToken cancellationToken) => RunAsync(cancellationToken, "daemon-reload");

    /// <summary>Has the units start at boot.</summary>
    /// <inheritdoc cref="ReloadAsync" path="/exception"/>
    public Task EnableAsync(IEnumerable<string> units, CancellationToken cancellationToken) =>
        RunAsync(cancellationToken, ["enable", .. units]);

    /// <summary>Starts a unit, or starts it again if it runs with what its file said before.</summary>
    /// <inheritdoc cref="ReloadAsync" path="/exception"/>
    public Task RestartAsync(string unit, CancellationToken cancellationToken) =>
        RunAsync(cancellationToken, "restart", unit);

    /// <summary>Stops the units, and has them start no more.</summary>
    /// <inheritdoc cref="ReloadAsync" path="/exception"/>
    public Task DisableAsync(IEnumerable<string> units, CancellationToken cancellationToken) =>
        RunAsync(cancellationToken, ["disable", "--now", .. units]);

    private async Task RunAsync(CancellationToken cancellationToken, params string[] arguments)
    {
        ProgramCall call = new(Program, [.. arguments]) { NeedsRoot = true };
        ProgramResult result = await runner.RunAsync(call, cancellationToken).ConfigureAwait(false);
        if (!result.Succeeded)
            throw Failures.SystemdRefused(call.ToString(), result.Complaint).ToException();
    }
}
