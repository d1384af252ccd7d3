namespace TailSplit.Execution.Programs;

/// <summary>Runs programs on the host. Tests substitute their own.</summary>
public interface IProgramRunner
{
    /// <summary>Whether a program of this name is installed.</summary>
    bool IsInstalled(string program);

    /// <summary>
    /// The path of the file that runs under this name, behind all links, such as <c>/usr/sbin/xtables-nft-multi</c> for
    /// <c>iptables-restore</c>. Null if it is not known.
    /// </summary>
    string? FileOf(string program);

    /// <summary>
    /// Runs a program until it ends or reaches its <see cref="ProgramCall.Limit"/>. An exit code other than 0 is a
    /// result, not an exception.
    /// </summary>
    /// <exception cref="Core.TailSplitException">
    /// NotInstalled, PermissionDenied, ProgramNotStarted or ProgramTimeout.
    /// </exception>
    Task<ProgramResult> RunAsync(ProgramCall call, CancellationToken cancellationToken);

    /// <summary>
    /// Starts a program that prints a line once it is ready, and runs until it is disposed. The limit applies to the
    /// wait for that line.
    /// </summary>
    /// <exception cref="Core.TailSplitException">
    /// NotInstalled, PermissionDenied, ProgramNotStarted or ProgramTimeout.
    /// </exception>
    Task<ProgramStart> HoldAsync(ProgramCall call, CancellationToken cancellationToken);

    /// <summary>
    /// Starts a program that does not end by itself, and returns each line that it prints. It is ended when the token
    /// is cancelled or the enumeration stops. It has no time limit.
    /// </summary>
    /// <exception cref="Core.TailSplitException">
    /// NotInstalled, PermissionDenied, ProgramNotStarted, or FollowEnded: it ended or was stopped unexpectedly.
    /// </exception>
    IAsyncEnumerable<string> FollowAsync(ProgramCall call, CancellationToken cancellationToken);
}
