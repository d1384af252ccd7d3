namespace TailSplit.Tests.Fakes.Netfilter;

/// <summary>
/// The targets that the fake iptables knows, with their options and the tables that they may stand in.
/// </summary>
internal static class TargetOptions
{
    private static readonly Dictionary<string, string[]> s_options = new(StringComparer.Ordinal)
    {
        ["ACCEPT"] = [],
        ["DROP"] = [],
        ["RETURN"] = [],
        ["LOG"] = [],
        ["REJECT"] = ["--reject-with="],
        ["MARK"] = ["--set-xmark="],
        ["CONNMARK"] = ["--save-mark", "--restore-mark", "--nfmask=", "--ctmask=", "--set-xmark="],
        ["MASQUERADE"] = [],
        ["TCPMSS"] = ["--clamp-mss-to-pmtu"],
        ["DNAT"] = ["--to-destination="],
    };

    private static readonly Dictionary<string, string> s_table = new(StringComparer.Ordinal)
    {
        ["REJECT"] = "filter",
        ["TCPMSS"] = "mangle",
        ["MASQUERADE"] = "nat",
        ["DNAT"] = "nat",
    };

    // Targets of other programs' rules.
    private static readonly HashSet<string> s_extensions = new(StringComparer.Ordinal)
    {
        "NFLOG", "SNAT", "REDIRECT", "NOTRACK", "CT", "QUEUE", "NFQUEUE",
    };

    /// <summary>The chain or target of a rule; null where it only counts.</summary>
    public static string? TargetOf(string[] words) =>
        Array.FindLastIndex(words, word => word is "-j" or "-g") is int at and >= 0 && at + 1 < words.Length ? words[at + 1] : null;

    /// <summary>Whether a rule of another program ends at a target or at a chain of the table.</summary>
    public static bool LeadsSomewhere(string[] words, FakeTable table) =>
        !words.Any(word => word.StartsWith("tailsplit", StringComparison.Ordinal))
        && (TargetOf(words) is not string target || IsExtension(target) || table.Find(target) is not null);

    public static bool IsExtension(string target) => IsKnown(target) || s_extensions.Contains(target);

    public static bool IsKnown(string target) => s_options.ContainsKey(target);

    public static bool FitsIn(string target, string table) => s_table.GetValueOrDefault(target, table) == table;

    public static bool Takes(string target, string option, out bool hasValue)
    {
        hasValue = s_options[target].Contains(option + "=");
        return hasValue || s_options[target].Contains(option);
    }
}
