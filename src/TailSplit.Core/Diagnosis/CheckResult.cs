using TailSplit.Core.Model;

namespace TailSplit.Core.Diagnosis;

/// <summary>The result of one check, for one policy or for the host.</summary>
/// <param name="Check">The check's stable name.</param>
/// <param name="Status">What it found.</param>
/// <param name="Policy">The policy; null for the host.</param>
/// <param name="Detail">What was seen.</param>
/// <param name="Remedy">The command that fixes it: run as printed, it makes the check pass. None where no command
/// can.</param>
public sealed record CheckResult(
    string Check, CheckStatus Status, PolicyName? Policy, string Detail, string? Remedy = null)
{
    /// <summary>Whether it does not know what it was asked: something could not be read or evaluated.</summary>
    public bool IsUnknown { get; init; }

    public static CheckResult Pass(string check, string detail, PolicyName? policy = null) =>
        new(check, CheckStatus.Pass, policy, detail);

    public static CheckResult Skipped(string check, string reason, PolicyName? policy = null) =>
        new(check, CheckStatus.Skipped, policy, reason);

    public static CheckResult Warn(string check, string detail, string? remedy, PolicyName? policy = null) =>
        new(check, CheckStatus.Warn, policy, detail, remedy);

    public static CheckResult Fail(string check, string detail, string? remedy, PolicyName? policy = null) =>
        new(check, CheckStatus.Fail, policy, detail, remedy);
}
