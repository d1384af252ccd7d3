namespace TailSplit.Core.Iptables;

/// <summary>Reads and rewrites input of iptables-restore.</summary>
public static class RestoreLines
{
    /// <summary>
    /// The text without the counters of new rules, so that a shell can hand its lines to iptables as well.
    /// </summary>
    public static string WithoutCounters(string text) => text.Replace("[0:0] -A", "-A", StringComparison.Ordinal);

    /// <summary>Whether the text adds chains or rules to a table.</summary>
    public static bool Adds(string text, string table)
    {
        bool inside = false;
        foreach (string line in text.Split('\n'))
        {
            if (line is ['*', ..])
                inside = line[1..] == table;
            else if (inside && line is [':' or '[', ..] or ['-', 'A' or 'I' or 'N', ' ', ..])
                return true;
        }

        return false;
    }
}
