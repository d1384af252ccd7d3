
namespace TailSplit.Core.Iptables;

/// <summary>
/// Whether a foreign rule above one of TailSplit's jumps could end a packet's way through the table, so that it never
/// reaches the jump. Any rule that is not known to be harmless counts.
/// </summary>
public static class PassingRules
{
    // Targets after which the packet goes on to the next rule, or is dropped (iptables-extensions(8)).
    private static readonly HashSet<string> s_harmless = new(StringComparer.Ordinal)
    {
        "", "DROP", "REJECT", "LOG", "NFLOG", "ULOG", "TRACE", "MARK", "CONNMARK", "CONNSECMARK", "SECMARK", "CLASSIFY",
        "DSCP", "TOS", "TTL", "HL", "TCPMSS", "TCPOPTSTRIP", "CT", "NOTRACK", "SET", "AUDIT", "CHECKSUM", "LED",
        "RATEEST", "TEE",
        // In nat, after our own MASQUERADE and Docker's alike, the tunnel's packets carry the tunnel's address.
        "MASQUERADE",
    };

    // netavark's chain in filter. It inserts its jump first in FORWARD if none exists.
    private const string Netavark = "NETAVARK_FORWARD";

    public static bool MayPass(SavedRuleset saved, IptablesTable table, IptablesSpecification rule) =>
        MayPass(saved, table, rule, inside: false, []);

    // Each chain is examined once. A chain in a circle counts as harmless.
    private static bool MayPass(
        SavedRuleset saved,
        IptablesTable table,
        IptablesSpecification rule,
        bool inside,
        Dictionary<string, bool> verdicts)
    {
        string target = TargetName(rule.Target);
        if (s_harmless.Contains(target) || OwnChains.IsOwn(target))
            return false;

        // A RETURN inside a chain leads back to the jump; in the chain of the jump it skips it.
        if (target == "RETURN")
            return !inside;

        // Packets that tailscaled accepts in its own chains came from the tunnel or leave by it.
        if (target.StartsWith("ts-", StringComparison.Ordinal))
            return false;

        // Podman fills this chain with each container, and its rules accept by address alone.
        if (rule.IsGoto || target == Netavark)
            return true;

        if (verdicts.TryGetValue(target, out bool known))
            return known;

        verdicts[target] = false;
        SavedChain? chain = saved.Find(table, target);
        return verdicts[target] = chain is null || chain.Rules.Any(inner =>
            MayPass(saved, table, IptablesSpecification.Parse(inner.Specification), inside: true, verdicts));
    }

    private static string TargetName(string target)
    {
        string[] words = target.Split(' ', 3);
        return words.Length < 2 ? "" : words[1];
    }
}
