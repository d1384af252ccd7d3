namespace TailSplit.Tests.Fakes.Netfilter;

/// <summary>
/// The matches that the fake iptables knows, each with its options; all take one value, --tcp-flags two.
/// </summary>
internal static class MatchOptions
{
    // The order in which libxt_conntrack prints states.
    private static readonly string[] s_states =
        ["INVALID", "NEW", "RELATED", "ESTABLISHED", "UNTRACKED", "SNAT", "DNAT"];

    private static readonly Dictionary<string, string[]> s_options = new(StringComparer.Ordinal)
    {
        ["comment"] = ["--comment"],
        ["conntrack"] = ["--ctstate", "--ctdir", "--ctorigdst", "--ctreplsrc"],
        ["connmark"] = ["--mark"],
        ["mark"] = ["--mark"],
        ["addrtype"] = ["--src-type", "--dst-type"],
        ["icmp6"] = ["--icmpv6-type"],
        ["realm"] = ["--realm"],
        ["tcp"] = ["--dport", "--sport", "--tcp-flags"],
        ["udp"] = ["--dport", "--sport"],
        ["sctp"] = ["--dport", "--sport"],
    };

    public static bool IsKnown(string match) => s_options.ContainsKey(match);

    public static string? OwnerOf(string option, IEnumerable<string> loaded) =>
        loaded.FirstOrDefault(match => s_options[match].Contains(option));

    public static string States(string value)
    {
        string[] states = value.Split(',');
        return states.Except(s_states).FirstOrDefault() is string unknown
            ? throw new FormatException($"Bad ctstate \"{unknown}\"")
            : string.Join(',', s_states.Where(states.Contains));
    }
}
