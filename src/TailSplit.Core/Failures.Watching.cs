using TailSplit.Core.Model;

namespace TailSplit.Core;

/// <summary>What can go wrong while policies are watched.</summary>
public static partial class Failures
{
    public static Failure FollowEnded(string program, string details) => new(
        nameof(FollowEnded), FailureKind.Unavailable,
        $"'{program}' ended, which tells of changes: {QuotedText.Whole(details)}",
        "It is started again by itself, and everything is looked at once more then.", program);

    public static Failure ChangeMissed() => new(
        nameof(ChangeMissed), FailureKind.Unavailable,
        "It did not tell of a change that was found by reading.",
        "It is started again by itself, and everything is looked at once more then.", null);
}
