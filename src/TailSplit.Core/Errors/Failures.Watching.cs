using TailSplit.Core.Model;

namespace TailSplit.Core.Errors;

/// <summary>Errors of watching policies.</summary>
public static partial class Failures
{
    public static Failure FollowEnded(string program, string details) => new(
        nameof(FollowEnded), FailureKind.Unavailable,
        $"'{program}' ended, which tells of changes: {QuotedText.Whole(details)}",
        "The watcher starts it again, and then checks everything once more.", program);

    public static Failure ChangeMissed() => new(
        nameof(ChangeMissed), FailureKind.Unavailable,
        "It did not report a change that a check found.",
        "The watcher starts it again, and then checks everything once more.", null);
}
