using System.Collections.Immutable;
using TailSplit.Core.Model;
using TailSplit.Core.Rules;

namespace TailSplit.Core.Compilation;

/// <summary>
/// ip rules of ours whose firewall half is gone, as after <c>iptables -F; iptables -X</c>. ip rules can't bear a comment, so
/// the policy's name went with the firewall: until it is made again it goes by the name of its bridge or subnet.
/// </summary>
internal static class OrphanReader
{
    public static IEnumerable<LivePolicy> Read(IReadOnlyCollection<RoutingRule> rules, RuleEnvironment environment)
    {
        List<IGrouping<string, RoutingRule>> groups =
        [
            .. rules.Where(rule => rule.Iif is not null || rule.From is not null)
                .GroupBy(rule => rule.Iif?.ToString() ?? rule.From!.Value.ToString())
                .OrderBy(group => group.Key, StringComparer.Ordinal),
        ];
        List<RoutingRule> replies = [.. rules.Where(rule => rule.Iif is null && rule.From is null)];
        foreach (IGrouping<string, RoutingRule> group in groups)
        {
            // Which subnet is whose can't be told with several orphans; with one it is plain.
            RoutingRule[] own = groups.Count == 1 ? [.. group, .. replies] : [.. group];
            yield return Orphan(group.Key, own, environment);
        }

        if (groups.Count != 1)
        {
            foreach (RoutingRule reply in replies.Where(rule => rule.To is not null))
                yield return Orphan(reply.To!.Value.ToString(), [reply], environment);
        }
    }

    private static LivePolicy Orphan(string key, RoutingRule[] rules, RuleEnvironment environment)
    {
        PolicyTarget target = new()
        {
            Bridge = rules.Select(rule => rule.Iif).FirstOrDefault(iif => iif is not null),
            Subnets = Cidr.Normalise(rules
                .Select(rule => rule.From ?? (rule.Iif is null ? rule.To : null))
                .OfType<Cidr>()),
        };
        bool closed = rules.Any(rule =>
            rule.IsEnd || (rule.Table == environment.Table && rule.SuppressPrefixLength is null && rule.To is null));
        Policy policy = closed
            ? new KillswitchPolicy { Name = NameFor(key), Target = target, Tunnel = TunnelNames.Usual }
            : new BypassPolicy { Name = NameFor(key), Target = target, Tunnel = TunnelNames.Usual };
        RuleOwner owner = RuleOwner.Of(policy);
        return new LivePolicy(
            policy, IsWhole: false, IsNamed: false, [.. rules.Select(rule => new OwnedRule(rule, owner)).ToImmutableArray()]);
    }

    private static PolicyName NameFor(string key) =>
        PolicyName.TryParse(key, out PolicyName name)
            ? name
            : PolicyName.Parse("unnamed-" + string.Concat(key.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-')));
}
