using TailSplit.Core.Model;
using TailSplit.Core.Rules;

namespace TailSplit.Core.Compilation;

/// <summary>
/// Finds the policy of a Docker network by ip rules, which can be read without root. Each policy has ip rules that show
/// its kind. <see cref="PolicyReader"/> finds whether its rules are complete.
/// </summary>
public static class PolicyInForce
{
    /// <param name="network">A network of this host's own daemon, or of another.</param>
    /// <param name="rules">TailSplit's ip rules, as far as they could be read.</param>
    /// <param name="unread">Why some of them could not be read; null if all were.</param>
    public static DockerNetwork Show(DockerNetwork network, IEnumerable<RoutingRule> rules, string? unread)
    {
        if (network.Bridge is null || network.ForeignDaemon is not null)
            return network;

        RoutingRule[] own = [.. rules.Where(rule => IsAbout(rule, network))];
        if (own.Length == 0)
            return network with { PolicyUnknown = unread };

        Cidr[] missed = [.. network.Prefixes.Where(prefix => !own.Any(rule => Matches(rule, prefix)))];
        return missed.Length > 0
            ? network with { PolicyUnknown = $"the policy does not match its subnet {string.Join(", ", missed)}" }
            : own.Any(Closes) ? network with { PolicyKind = PolicyKind.Killswitch }
            : own.Any(Frees) ? network with { PolicyKind = PolicyKind.Bypass }
            : network with { PolicyUnknown = unread ?? "some ip rules of its policy are missing" };
    }

    // Where the bridge of a subnet was not known, its policy has rules about the subnet alone.
    private static bool IsAbout(RoutingRule rule, DockerNetwork network) => rule.Iif is InterfaceName iif
        ? iif.ToString() == network.Bridge
        : rule.From is not null && network.Prefixes.Any(prefix => Matches(rule, prefix));

    private static bool Matches(RoutingRule rule, Cidr prefix) =>
        rule.Iif is not null || rule.From?.Contains(prefix) is true;

    // docs/rules.md: K+6 and K+7, and in earlier versions P-2 and P-1. Those of -DnsServer refuse one port only.
    private static bool Closes(RoutingRule rule) => rule.IsEnd && rule.DestinationPort is null;

    // docs/rules.md: B and B+4 to B+6, and in earlier versions P+10 and P+12 to P+15. A killswitch looks main up for
    // named destinations only.
    private static bool Frees(RoutingRule rule) => rule.To is null
        && (rule.Action == RoutingAction.Unreachable
            || rule is { Action: RoutingAction.Lookup, Table: RoutingRule.MainTable });
}
