using System.Globalization;

namespace TailSplit.Core.Iptables;

/// <summary>
/// The version text of an iptables program: "iptables v1.8.7 (nf_tables)". It names the store since 1.8.0; the first
/// line of a save names it only in later versions, so that line alone proves nothing (iptables 1.8.4 to 1.8.7).
/// </summary>
public static class IptablesVersion
{
    // Up to 1.6, only x_tables existed.
    private static readonly Version s_first = new(1, 8);

    /// <summary>The store that the program reads and writes; null if its text does not say.</summary>
    public static FirewallStore? StoreOf(string text)
    {
        foreach (string line in text.Split('\n'))
        {
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            if (words.Length < 2 || !words[0].Contains("tables", StringComparison.Ordinal)
                || Number(words[1]) is not Version number)
            {
                continue;
            }

            return words.Length > 2
                ? words[2] switch
                {
                    "(nf_tables)" => FirewallStore.NfTables,
                    "(legacy)" => FirewallStore.Legacy,
                    _ => null,
                }
                : number < s_first ? FirewallStore.Legacy : null;
        }

        return null;
    }

    // "v1.8.7", and "v1.4.16.3" of old.
    private static Version? Number(string word)
    {
        if (word is not ['v', >= '0' and <= '9', ..])
            return null;

        string[] parts = word[1..].Split('.');
        return parts.Length >= 2
            && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out int major)
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int minor)
                ? new Version(major, minor)
                : null;
    }
}
