using TailSplit.Core.Model;
using TailSplit.Core.Trust;

namespace TailSplit.Core.Errors;

/// <summary>Errors of the files and units of the service.</summary>
public static partial class Failures
{
    public static Failure UnitFolderMissing(string path) => new(
        nameof(UnitFolderMissing), FailureKind.NotFound,
        $"There is no folder {path}, so this host does not seem to run systemd.",
        "Nothing was changed. Without systemd, run 'Export-TailSplitPolicy -As Script' and start what it writes at " +
        "boot; for an image, give its root with -Root.",
        path);

    public static Failure ServiceFileNotWritten(string path, string reason) => new(
        nameof(ServiceFileNotWritten), FailureKind.Unavailable,
        $"{path} can't be written: {QuotedText.Whole(reason)}",
        "Start PowerShell as root (sudo pwsh); see that the file system can be written. Run the command again: what " +
        "is written already stays as it is.", path);

    public static Failure SystemdRefused(string call, string details) => new(
        nameof(SystemdRefused), FailureKind.InvalidOperation,
        $"'{QuotedText.Whole(call)}' failed: {QuotedText.Whole(details)}",
        "Fix the cause and run the command again: it does what is left to do. For an image that does not run, use " +
        "-Root.",
        call);

    public static Failure UntrustedServiceProgram(string path, string reason) => new(
        nameof(UntrustedServiceProgram), FailureKind.PermissionDenied,
        $"The units would run {QuotedText.OneLine(path)} as root, but {QuotedText.Whole(reason)}.",
        "Nothing was changed. Install PowerShell and the module for all users, as root, where only root can write: " +
        $"/usr/bin/pwsh and {PowerShellFolders.AllUsers}. Then run the command from there, or name them with " +
        "-Executable and -ModulePath.",
        path);

    public static Failure UntrustedServiceFolder(string path, string reason) => new(
        nameof(UntrustedServiceFolder), FailureKind.PermissionDenied,
        $"The service would be kept in {path}, but {QuotedText.Whole(reason)}.",
        "Nothing was changed. Find out who uses that folder, then make root its only owner.",
        path);

    public static Failure ServiceProgramMissing(string path, string reason) => new(
        nameof(ServiceProgramMissing), FailureKind.NotFound,
        $"The units would start {QuotedText.OneLine(path)}, but {QuotedText.Whole(reason)}.",
        "Give paths that exist with -Executable and -ModulePath; with -Root, install them in the image before it " +
        "starts.",
        path);
}
