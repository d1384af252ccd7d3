using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using TailSplit.Core;
using TailSplit.Core.Documents;
using TailSplit.Core.Trust;

namespace TailSplit.Execution.Files;

/// <summary>
/// A file with policies. It is read if only root and the user who reads it can change it, since it decides
/// what is open; it is written as a whole, so that no reader ever sees half of it.
/// </summary>
public static class PolicyFile
{
    private const UnixFileMode OwnerAlone = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <exception cref="TailSplitException">
    /// PolicyFileNotFound, PolicyFileUnreadable, UntrustedPolicyFile, or what <see cref="PolicyDocumentReader"/>
    /// throws.
    /// </exception>
    public static async Task<PolicyDocument> ReadAsync(string path, CancellationToken cancellationToken)
    {
        string full = Path.GetFullPath(path);
        using SafeFileHandle? handle = OpenedFile.Open(full, out int error);
        if (handle is null)
            throw (error is OpenedFile.NoEntry or OpenedFile.NoFolder
                ? Failures.PolicyFileNotFound(path)
                : Failures.PolicyFileUnreadable(path, Marshal.GetPInvokeErrorMessage(error))).ToException();

        // All that follows is about the file that is open: nobody can put another in its place.
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

    /// <summary>Writes it, for its owner alone.</summary>
    /// <param name="path">The file; where it is a symbolic link, what it leads to.</param>
    /// <param name="text">Its content.</param>
    /// <param name="replace">Whether a file that is there is replaced.</param>
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

    // What a symbolic link leads to, also where nothing is there yet.
    private static string Behind(string path) =>
        new FileInfo(path).LinkTarget is null
            ? path
            : File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;

    // A way that only trusted users can change, and that leads to the file which is open.
    private static void CheckTrust(string path, string full, FileStatus opened)
    {
        WalkedPath walked = WalkedPath.Of(full);
        FileTrust trust = new FileTrustReader(user: FileStatus.CurrentUser).Of(walked);
        if (!trust.IsTrusted)
            throw Failures.UntrustedPolicyFile(path, trust.Reason).ToException();

        if (walked.Status is not { } found || !found.IsSameFile(opened))
            throw Failures.UntrustedPolicyFile(path, "another file was put in its place meanwhile").ToException();
    }
}
