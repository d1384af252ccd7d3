using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using TailSplit.Core;
using TailSplit.Core.Documents;
using TailSplit.Core.Errors;
using TailSplit.Core.Trust;

namespace TailSplit.Execution.Files;

/// <summary>
/// A file with policies. It is read only if no user except root and the reader can change it, since it decides which
/// packets pass. It is written atomically.
/// </summary>
public static class PolicyFile
{
    private const UnixFileMode OwnerAlone = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <exception cref="TailSplitException">
    /// PolicyFileNotFound, PolicyFileUnreadable, UntrustedPolicyFile, or as <see cref="PolicyDocumentReader"/>.
    /// </exception>
    public static async Task<PolicyDocument> ReadAsync(string path, CancellationToken cancellationToken)
    {
        string full = Path.GetFullPath(path);
        using SafeFileHandle? handle = OpenedFile.Open(full, out int error);
        if (handle is null)
            throw (error is OpenedFile.NoEntry or OpenedFile.NoFolder
                ? Failures.PolicyFileNotFound(path)
                : Failures.PolicyFileUnreadable(path, Marshal.GetPInvokeErrorMessage(error))).ToException();

        // All checks use the open file, which can't be replaced by another.
        if (FileStatus.Of(handle) is not { IsRegular: true } status)
            throw Failures.PolicyFileUnreadable(path, "It is not a regular file.").ToException();

        CheckTrust(path, full, status);
        try
        {
            FileStream file = new(handle, FileAccess.Read);
            await using (file.ConfigureAwait(false))
            {
                if (file.Length > PolicyDocument.LargestFile)
                    throw Failures.PolicyFileTooLarge(
                        path, $"{PolicyDocument.LargestFile / (1024 * 1024)} MB").ToException();

                byte[] bytes = new byte[file.Length];
                int length = await file.ReadAtLeastAsync(
                    bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
                return PolicyDocumentReader.Read(path, bytes.AsMemory(0, length));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Failures.PolicyFileUnreadable(path, e.Message).ToException(e);
        }
    }

    /// <summary>Writes a file that only its owner can read.</summary>
    /// <param name="path">The file. If it is a symbolic link, its target is written.</param>
    /// <param name="text">Its content.</param>
    /// <param name="replace">Whether an existing file is replaced.</param>
    /// <param name="executable">Whether its owner can run it.</param>
    /// <exception cref="TailSplitException">PolicyFileExists or PolicyFileNotWritten.</exception>
    public static void Write(string path, string text, bool replace, bool executable)
    {
        try
        {
            string target = Behind(path);
            if (!replace && Path.Exists(target))
                throw Failures.PolicyFileExists(path).ToException();

            AtomicFile.Write(target, text, executable ? OwnerAlone | UnixFileMode.UserExecute : OwnerAlone, replace);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Failures.PolicyFileNotWritten(path, e.Message).ToException(e);
        }
    }

    // The target of a symbolic link, which need not exist.
    private static string Behind(string path) =>
        new FileInfo(path).LinkTarget is null
            ? path
            : File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;

    // Requires a path that only trusted users can change, and that leads to the open file.
    private static void CheckTrust(string path, string full, FileStatus opened)
    {
        WalkedPath walked = WalkedPath.Of(full);
        FileTrust trust = new FileTrustReader(user: FileStatus.CurrentUser).Of(walked);
        if (!trust.IsTrusted)
            throw Failures.UntrustedPolicyFile(path, trust.Reason).ToException();

        if (walked.Status is not { } found || !found.IsSameFile(opened))
            throw Failures.UntrustedPolicyFile(path, "it was replaced while it was checked").ToException();
    }
}
