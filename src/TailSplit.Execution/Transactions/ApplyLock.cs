using System.Diagnostics;
using System.Globalization;
using TailSplit.Core;
using TailSplit.Core.Errors;
using TailSplit.Execution.Files;
using TailSplit.Execution.Programs;

namespace TailSplit.Execution.Transactions;

/// <summary>
/// Serializes the writers of one network namespace by flock(2), which the kernel releases when its holder dies. Each
/// namespace has its own file, since it has its own rules.
/// </summary>
/// <param name="machine">Holds the lock by <c>sudo flock</c> if this process is not root.</param>
public sealed class ApplyLock(Machine machine)
{
    private const int ConflictExitCode = 75;

    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(10);

    private readonly RuntimeFolder _folder = new(machine);

    /// <summary>/run/tailsplit/4026531840.lock: the number is the namespace's inode (namespaces(7)).</summary>
    public string FilePath { get; } = $"{machine.RuntimeFolder}/{machine.NetworkNamespace}.lock";

    /// <summary>Waits for the lock for a number of seconds at most. Disposing the result releases it.</summary>
    /// <exception cref="TailSplitException">LockTimeout, LockUnavailable or PermissionDenied.</exception>
    public Task<IAsyncDisposable> AcquireAsync(int seconds, CancellationToken cancellationToken) =>
        machine.IsRoot
            ? OpenAsync(seconds, cancellationToken)
            : HoldAsync(seconds, cancellationToken);

    private async Task<IAsyncDisposable> OpenAsync(int seconds, CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                // FileShare.None is flock(LOCK_EX | LOCK_NB) on Linux. The file is never deleted: a waiting process
                // would then lock a file that no other process opens.
                return _folder.Open(FilePath, FileShare.None);
            }
            catch (IOException e) when (IsHeld(e))
            {
                if (Stopwatch.GetElapsedTime(start).TotalSeconds >= seconds)
                    throw Failures.LockTimeout(FilePath, seconds, LockHolder.Of(FilePath)).ToException(e);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw Failures.LockUnavailable(FilePath, e.Message).ToException(e);
            }

            await Task.Delay(s_pause, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<IAsyncDisposable> HoldAsync(int seconds, CancellationToken cancellationToken)
    {
        if (!_folder.IsRoots)
            await MakeFolderAsync(cancellationToken).ConfigureAwait(false);

        // flock starts cat once it has the lock. cat returns what it reads, and ends when this process closes the pipe.
        // A shell is not used, since sudo would have to allow it.
        ProgramCall call = new(
            "flock", "--exclusive", "--timeout", seconds.ToString(CultureInfo.InvariantCulture),
            "--conflict-exit-code", ConflictExitCode.ToString(CultureInfo.InvariantCulture), FilePath, "cat")
        {
            Input = "held\n",
            NeedsRoot = true,
        };
        ProgramStart start = await machine.Programs.HoldAsync(call, cancellationToken).ConfigureAwait(false);
        return start.Running ?? throw (start.End is { ExitCode: ConflictExitCode }
            ? Failures.LockTimeout(FilePath, seconds, null)
            : Failures.LockUnavailable(FilePath, start.End?.Complaint ?? "")).ToException();
    }

    // install also sets the owner and permissions of an existing folder.
    private async Task MakeFolderAsync(CancellationToken cancellationToken)
    {
        ProgramCall call = new("install", "-d", "-m", "0700", "-o", "root", "-g", "root", machine.RuntimeFolder)
        {
            NeedsRoot = true,
        };
        ProgramResult result = await machine.Programs.RunAsync(call, cancellationToken).ConfigureAwait(false);
        if (!result.Succeeded)
            throw Failures.LockUnavailable(FilePath, result.Complaint).ToException();
    }

    // flock fails with EWOULDBLOCK (11) when another process has the lock.
    private static bool IsHeld(IOException e) => (e.HResult & 0xffff) == 11 || e.HResult == 11;
}
