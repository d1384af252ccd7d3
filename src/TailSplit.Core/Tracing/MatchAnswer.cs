namespace TailSplit.Core.Tracing;

/// <summary>Whether a rule matches a packet, as far as that can be evaluated.</summary>
internal enum MatchAnswer
{
    No,
    Unknown,
    Yes,
}

internal static class MatchAnswers
{
    public static MatchAnswer Of(bool matches) => matches ? MatchAnswer.Yes : MatchAnswer.No;

    public static MatchAnswer And(this MatchAnswer one, MatchAnswer other) =>
        (MatchAnswer)Math.Min((int)one, (int)other);

    public static MatchAnswer Or(this MatchAnswer one, MatchAnswer other) =>
        (MatchAnswer)Math.Max((int)one, (int)other);

    public static MatchAnswer Not(this MatchAnswer answer) => (MatchAnswer)((int)MatchAnswer.Yes - (int)answer);
}
