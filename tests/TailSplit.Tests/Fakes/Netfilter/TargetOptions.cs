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
        ["MARK"] = "mangle",
        ["TCPMSS"] = "mangle",
        ["MASQUERADE"] = "nat",
        ["DNAT"] = "nat",
    };

    public static bool IsKnown(string target) => s_options.ContainsKey(target);

    /// <summary>MARK outside of mangle is allowed by the kernel, and would be a mistake of ours.</summary>
    public static bool FitsIn(string target, string table) =>
        s_table.GetValueOrDefault(target, table) == table || (target == "MARK" && table != "nat");

    public static bool Takes(string target, string option, out bool hasValue)
    {
        hasValue = s_options[target].Contains(option + "=");
        return hasValue || s_options[target].Contains(option);
    }
}
