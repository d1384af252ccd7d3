namespace TailSplit.Execution.Programs;

/// <summary>Runs the host's own tools. The seam at which tests put a host of their own.</summary>
public interface IProgramRunner
{
    /// <summary>Where the commands of one host meet: by locks, and by notes to those who watch. Gone at reboot.</summary>
    string RuntimeFolder { get; }

    /// <summary>Whether a program of this name is installed.</summary>
    bool IsInstalled(string program);

    /// <summary>
    /// Runs a program to its end, or ends it at its <see cref="ProgramCall.Limit"/>. An exit code other than 0 is a
    /// result, not an exception.
    /// </summary>
    /// <exception cref="Core.TailSplitException">
    /// NotInstalled, PermissionDenied, ProgramNotStarted or ProgramTimeout.
    /// </exception>
    Task<ProgramResult> RunAsync(ProgramCall call, CancellationToken cancellationToken);

    /// <summary>
    /// Runs a program that answers once it has what it was started for, and holds that until it is disposed. The limit
    /// is on the answer.
    /// </summary>
    /// <exception cref="Core.TailSplitException">
    /// NotInstalled, PermissionDenied, ProgramNotStarted or ProgramTimeout.
    /// </exception>
    Task<ProgramStart> HoldAsync(ProgramCall call, CancellationToken cancellationToken);

    /// <summary>
    /// Starts a program that runs on, and hands out each line that it prints, as soon as it is printed. It is ended
    /// when the token is cancelled, and when nobody reads on. It alone has no limit, since it is not waited for.
    /// </summary>
    /// <exception cref="Core.TailSplitException">
    /// NotInstalled, PermissionDenied, ProgramNotStarted, or FollowEnded: it ended or was stopped, which it should not.
    /// </exception>
    IAsyncEnumerable<string> FollowAsync(ProgramCall call, CancellationToken cancellationToken);
}
