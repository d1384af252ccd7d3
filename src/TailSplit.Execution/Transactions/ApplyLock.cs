using System.Diagnostics;
using System.Globalization;
using TailSplit.Core;
using TailSplit.Execution.Files;
using TailSplit.Execution.Programs;

namespace TailSplit.Execution.Transactions;

/// <summary>
/// Makes writers of one network namespace wait for each other. An flock(2) on a file, which the kernel drops when its
/// holder dies; one file for each namespace, since each has rules of its own.
/// </summary>
/// <param name="runner">Holds the lock by <c>sudo flock</c> where this process is not root.</param>
public sealed class ApplyLock(IProgramRunner runner)
{
    private const int ConflictExitCode = 75;

    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(10);

    private readonly RuntimeFolder _folder = new(runner.RuntimeFolder);

    /// <summary>/run/tailsplit/4026531840.lock: the number is the namespace's inode (namespaces(7)).</summary>
    public string FilePath { get; } = $"{runner.RuntimeFolder}/{NamespaceId()}.lock";

    /// <summary>Waits for the lock, at most so many seconds; dispose what comes back to let it go.</summary>
    /// <exception cref="TailSplitException">LockTimeout, LockUnavailable or PermissionDenied.</exception>
    public Task<IAsyncDisposable> AcquireAsync(int seconds, CancellationToken cancellationToken) =>
        Environment.IsPrivilegedProcess
            ? OpenAsync(seconds, cancellationToken)
            : HoldAsync(seconds, cancellationToken);

    private static string NamespaceId()
    {
        string link = new FileInfo("/proc/self/ns/net").LinkTarget ?? "net:[0]";
        return string.Concat(link.Where(char.IsAsciiDigit));
    }

    private async Task<IAsyncDisposable> OpenAsync(int seconds, CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                // FileShare.None is flock(LOCK_EX | LOCK_NB) on Linux. Never deleted: a waiter would hold a file that
                // nobody else sees.
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

        // flock starts cat once it has the lock: what we write comes back then, and cat ends when our end of the pipe
        // closes. No shell, which sudo would have to allow.
        ProgramCall call = new(
            "flock", "--exclusive", "--timeout", seconds.ToString(CultureInfo.InvariantCulture),
            "--conflict-exit-code", ConflictExitCode.ToString(CultureInfo.InvariantCulture), FilePath, "cat")
        {
            Input = "held\n",
            NeedsRoot = true,
        };
        ProgramStart start = await runner.HoldAsync(call, cancellationToken).ConfigureAwait(false);
        return start.Running ?? throw (start.End is { ExitCode: ConflictExitCode }
            ? Failures.LockTimeout(FilePath, seconds, null)
            : Failures.LockUnavailable(FilePath, start.End?.Complaint ?? "")).ToException();
    }

    // install sets owner and permissions of a folder that is there as well.
    private async Task MakeFolderAsync(CancellationToken cancellationToken)
    {
        ProgramCall call = new("install", "-d", "-m", "0700", "-o", "root", "-g", "root", runner.RuntimeFolder)
        {
            NeedsRoot = true,
        };
        ProgramResult result = await runner.RunAsync(call, cancellationToken).ConfigureAwait(false);
        if (!result.Succeeded)
            throw Failures.LockUnavailable(FilePath, result.Complaint).ToException();
    }

    // EWOULDBLOCK (11) is what flock answers when another has the lock.
    private static bool IsHeld(IOException e) => (e.HResult & 0xffff) == 11 || e.HResult == 11;
}
