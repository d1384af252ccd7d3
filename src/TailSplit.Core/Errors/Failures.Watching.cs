using TailSplit.Core.Model;

namespace TailSplit.Core.Errors;

/// <summary>Errors of watching policies.</summary>
public static partial class Failures
{
    public static Failure FollowEnded(string program, string details) => new(
        nameof(FollowEnded), FailureKind.Unavailable,
        $"'{program}' ended, so changes are no longer reported: {QuotedText.Whole(details)}",
        "The watcher restarts it, then checks everything again.", program);

    public static Failure ChangeMissed() => new(
        nameof(ChangeMissed), FailureKind.Unavailable,
        "It did not report a change that a check found.",
        "The watcher restarts it, then checks everything again.", null);
}
