namespace TailSplit.Core.Flows;

/// <summary>
/// What <c>conntrack -L</c> says on standard error behind its list: "conntrack v1.4.7 (conntrack-tools): 2 flow entries
/// have been shown."
/// </summary>
public static class ConntrackSummary
{
    private const string Before = "conntrack v";

    // Whatever the manual says ("the default layer 3 protocol will be IPv4"): src/conntrack.c, "default family only for
    // the following commands". For older versions that is not known; some list only IPv4.
    private static readonly Version s_listsBoth = new(1, 4, 7);

    /// <summary>Whether the list, asked for without a family, was of both.</summary>
    public static bool IsOfBothFamilies(string error)
    {
        int start = error.IndexOf(Before, StringComparison.Ordinal);
        return start >= 0
            && error.Contains("have been shown", StringComparison.Ordinal)
            && Version.TryParse(error[(start + Before.Length)..].Split(' ')[0], out Version? version)
            && version >= s_listsBoth;
    }

    /// <summary>
    /// How many connections <c>conntrack -D</c> says that it has ended: "conntrack v1.4.7 (conntrack-tools): 2 flow
    /// entries have been deleted." Null if it says nothing of that, as it failed before.
    /// </summary>
    public static int? Deleted(string error)
    {
        int end = error.IndexOf(" flow entries have been deleted", StringComparison.Ordinal);
        int start = end < 0 ? -1 : error.LastIndexOf(' ', end - 1);
        return start >= 0 && int.TryParse(error[(start + 1)..end], out int count) ? count : null;
    }
}
