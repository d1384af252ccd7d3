using TailSplit.Core;
using TailSplit.Core.Documents;

namespace TailSplit.Execution;

/// <summary>
/// A file with policies. It is read only if nobody but root and the user who reads it can change it, since it decides
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
        // Before it is opened: to open a named pipe is to wait for somebody who writes.
        if (FileStatus.Of(path) is not FileStatus status)
            throw Failures.PolicyFileNotFound(path).ToException();

        if (!status.IsRegular)
            throw Failures.PolicyFileUnreadable(path, "It is not a regular file.").ToException();

        try
        {
            FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            await using (file.ConfigureAwait(false))
            {
                CheckTrust(path, file);
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

    private static void CheckTrust(string path, FileStream file)
    {
        uint user = FileStatus.CurrentUser;
        FileStatus? status = FileStatus.Of(file.SafeFileHandle);
        FileStatus? folder = FileStatus.Of(Path.GetDirectoryName(Path.GetFullPath(Behind(path))) ?? "/");
        string? reason = (status, folder) switch
        {
            (null, _) or (_, null) => "its owner can't be seen",
            ({ } it, _) when it.Owner != 0 && it.Owner != user => "it belongs to another user, who is not root",
            ({ OthersCanWrite: true }, _) => "every user can write it",
            ({ GroupCanWrite: true }, _) => "its group can write it",
            (_, { OthersCanWrite: true, IsSticky: false }) =>
                "every user can put another file in its place, since its folder is open to all",
            _ => null,
        };
        if (reason is not null)
            throw Failures.UntrustedPolicyFile(path, reason).ToException();
    }
}
