namespace TailSplit.Core.Desired;

/// <summary>
/// Whether a text that is not a policy asks for a killswitch all the same: <c>Kill-Switch</c>, <c>kill switch</c>,
/// <c>kilswich</c>. Its author believes the network to be closed, so it is closed.
/// </summary>
public static class KillswitchSpelling
{
    private const string Word = "killswitch";

    // One mistake in three letters; "bypass" and "switch" alone are further away.
    private const int Tolerance = 3;

    public static bool IsMeant(string? text)
    {
        string letters = Spelling.Letters(text);
        return letters.Contains("kill", StringComparison.Ordinal) || Spelling.IsNear(letters, Word, Tolerance);
    }
}
