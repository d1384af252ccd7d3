namespace TailSplit.Execution;

/// <summary>Runs the host's own tools. The seam at which tests put a host of their own.</summary>
public interface IProgramRunner
{
    /// <summary>Whether a program of this name is installed.</summary>
    bool IsInstalled(string program);

    /// <summary>Runs a program to its end. An exit code other than 0 is a result, not an exception.</summary>
    /// <exception cref="Core.TailSplitException">NotInstalled or PermissionDenied.</exception>
    Task<ProgramResult> RunAsync(ProgramCall call, CancellationToken cancellationToken);

    /// <summary>Runs a program that answers once it has what it was started for, and holds that until it is disposed.</summary>
    /// <exception cref="Core.TailSplitException">NotInstalled or PermissionDenied.</exception>
    Task<IAsyncDisposable?> HoldAsync(ProgramCall call, CancellationToken cancellationToken);
}
