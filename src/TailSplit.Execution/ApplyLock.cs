using System.Diagnostics;
using System.Globalization;
using TailSplit.Core;

namespace TailSplit.Execution;

/// <summary>
/// Makes writers of one network namespace wait for each other. An flock(2) on a file, which the kernel drops when its
/// holder dies; one file for each namespace, since each has rules of its own.
/// </summary>
/// <param name="runner">Holds the lock by <c>sudo flock</c> where this process is not root.</param>
public sealed class ApplyLock(IProgramRunner runner)
{
    private const int ConflictExitCode = 75;

    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(10);

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
                Directory.CreateDirectory(runner.RuntimeFolder);
                // FileShare.None is flock(LOCK_EX | LOCK_NB) on Linux. Never deleted: a waiter would hold a file that
                // nobody else sees.
                return new FileStream(FilePath, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException e) when (IsHeld(e))
            {
                if (Stopwatch.GetElapsedTime(start).TotalSeconds >= seconds)
                    throw Failures.LockTimeout(FilePath, seconds).ToException(e);
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
        string script = string.Create(
            CultureInfo.InvariantCulture,
            $"mkdir -p {runner.RuntimeFolder} && exec flock --exclusive --timeout {seconds} --conflict-exit-code {ConflictExitCode} {FilePath} -c 'echo held; cat >/dev/null'");
        ProgramCall call = new("sh", "-c", script) { NeedsRoot = true };
        return await runner.HoldAsync(call, cancellationToken).ConfigureAwait(false)
            ?? throw Failures.LockTimeout(FilePath, seconds).ToException();
    }

    // EWOULDBLOCK (11) is what flock answers when another has the lock.
    private static bool IsHeld(IOException e) => (e.HResult & 0xffff) == 11 || e.HResult == 11;
}
