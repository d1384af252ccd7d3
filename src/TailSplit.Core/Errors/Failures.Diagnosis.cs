using TailSplit.Core.Model;

namespace TailSplit.Core.Errors;

/// <summary>Errors of reading the host.</summary>
public static partial class Failures
{
    public static Failure FileUnreadable(string path, string reason) => new(
        nameof(FileUnreadable), FailureKind.PermissionDenied,
        $"The file {path} can't be read: {QuotedText.Whole(reason)}",
        "Start PowerShell as root (sudo pwsh) to see it.", path);

    public static Failure TailscaleUnavailable(string details) => new(
        nameof(TailscaleUnavailable), FailureKind.Unavailable,
        $"tailscaled does not answer: {QuotedText.Whole(details)}",
        "Start it: systemctl start tailscaled", null);
}
