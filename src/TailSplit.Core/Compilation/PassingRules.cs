using TailSplit.Core.Rules;
using TailSplit.Core.Text;

namespace TailSplit.Core.Compilation;

/// <summary>
/// Whether a foreign rule that stands above one of our jumps could end a packet's way through the table, so that it never
/// reaches us. Over-cautious on purpose: what is not known to be harmless counts as passing.
/// </summary>
public static class PassingRules
{
    private const int DeepestChain = 8;

    // Targets after which the packet goes on to the next rule, or goes nowhere at all (iptables-extensions(8)).
    private static readonly HashSet<string> s_harmless = new(StringComparer.Ordinal)
    {
        "", "DROP", "REJECT", "LOG", "NFLOG", "ULOG", "TRACE", "MARK", "CONNMARK", "CONNSECMARK", "SECMARK", "CLASSIFY",
        "DSCP", "TOS", "TTL", "HL", "TCPMSS", "TCPOPTSTRIP", "CT", "NOTRACK", "SET", "AUDIT", "CHECKSUM", "LED",
        "RATEEST", "TEE",
        // In nat, after our own MASQUERADE and Docker's alike, the tunnel's packets carry the tunnel's address.
        "MASQUERADE",
    };

    public static bool MayPass(SavedRuleset saved, FirewallTable table, RuleSpecification rule) =>
        MayPass(saved, table, rule, inside: false, DeepestChain);

    private static bool MayPass(SavedRuleset saved, FirewallTable table, RuleSpecification rule, bool inside, int depth)
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

        if (depth == 0 || rule.Target.StartsWith("-g", StringComparison.Ordinal))
            return true;

        SavedChain? chain = saved.Find(table, target);
        return chain is null || chain.Rules.Any(inner =>
            MayPass(saved, table, RuleSpecification.Parse(inner.Specification), inside: true, depth - 1));
    }

    private static string TargetName(string target)
    {
        string[] words = target.Split(' ', 3);
        return words.Length < 2 ? "" : words[1];
    }
}
