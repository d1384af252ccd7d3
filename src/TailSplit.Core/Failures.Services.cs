using TailSplit.Core.Model;

namespace TailSplit.Core;

/// <summary>What can go wrong with the files and units of the service.</summary>
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
        $"{path} can't be written: {Excerpt.Of(reason)}",
        "Start PowerShell as root (sudo pwsh); see that the file system can be written. Run the command again: what " +
        "is written already stays as it is.", path);

    public static Failure SystemdRefused(string call, string details) => new(
        nameof(SystemdRefused), FailureKind.InvalidOperation,
        $"'{call}' failed: {Excerpt.Of(details)}",
        "The files are in place. Mend the cause and run the command again; for an image that does not run, use -Root.",
        call);
}
