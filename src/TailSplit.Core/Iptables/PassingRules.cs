
namespace TailSplit.Core.Iptables;

/// <summary>
/// Whether a foreign rule that stands above one of our jumps could end a packet's way through the table, so that it
/// never reaches us. Over-cautious on purpose: what is not known to be harmless counts as passing.
/// </summary>
public static class PassingRules
{
    // Targets after which the packet goes on to the next rule, or goes nowhere at all (iptables-extensions(8)).
    private static readonly HashSet<string> s_harmless = new(StringComparer.Ordinal)
    {
        "", "DROP", "REJECT", "LOG", "NFLOG", "ULOG", "TRACE", "MARK", "CONNMARK", "CONNSECMARK", "SECMARK", "CLASSIFY",
        "DSCP", "TOS", "TTL", "HL", "TCPMSS", "TCPOPTSTRIP", "CT", "NOTRACK", "SET", "AUDIT", "CHECKSUM", "LED",
        "RATEEST", "TEE",
        // In nat, after our own MASQUERADE and Docker's alike, the tunnel's packets carry the tunnel's address.
        "MASQUERADE",
    };

    // netavark's chain in filter. It inserts its jump first in FORWARD where there is none.
    private const string Netavark = "NETAVARK_FORWARD";

    public static bool MayPass(SavedRuleset saved, IptablesTable table, IptablesSpecification rule) =>
        MayPass(saved, table, rule, inside: false, []);

    // Each chain is looked at once. One that is looked at already, in a circle, is harmless as far as it is known.
    private static bool MayPass(
        SavedRuleset saved, IptablesTable table, IptablesSpecification rule, bool inside, Dictionary<string, bool> verdicts)
    {
        string target = TargetName(rule.Target);
        if (s_harmless.Contains(target) || OwnChains.IsOwn(target))
            return false;

        // A RETURN inside a chain leads back to us; in the chain of our jump it leads past us.
        if (target == "RETURN")
            return !inside;

        // What tailscaled lets pass in its own chains came from the tunnel or leaves by it.
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
