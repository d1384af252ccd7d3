using TailSplit.Core.Model;
using TailSplit.Core.Rules;
using TailSplit.Core.Tailscale;

namespace TailSplit.Core.Compilation;

/// <summary>
/// ip rules of ours whose firewall half is gone, as after <c>iptables -F; iptables -X</c>. ip rules can't bear a
/// comment, so the policy's name went with the firewall: until it is made again it goes by the name of its bridge or
/// subnet.
/// </summary>
internal static class OrphanReader
{
    /// <param name="rules">The ip rules that no named policy claims.</param>
    /// <param name="environment">What of the host decides how rules are spelled.</param>
    /// <param name="taken">Names that are in use; those of the orphans are added.</param>
    public static IEnumerable<LivePolicy> Read(
        IReadOnlyCollection<RoutingRule> rules, RuleEnvironment environment, ISet<PolicyName> taken)
    {
        Dictionary<string, List<RoutingRule>> groups = rules
            .Where(rule => !IsReply(rule))
            .GroupBy(rule => rule.Iif?.ToString() ?? rule.From!.Value.ToString())
            .OrderBy(group => group.Key, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.ToList(), StringComparer.Ordinal);
        List<RoutingRule>[] silent = [.. groups.Values.Where(group => !group.Exists(rule => rule.From is not null))];
        foreach (RoutingRule reply in rules.Where(IsReply))
        {
            // Whose subnet it is: that of the group which has it as a source; else of the only group that says no
            // source.
            List<RoutingRule>? owner = groups.Values.FirstOrDefault(
                group => group.Exists(rule => rule.From == reply.To))
                ?? (silent.Length == 1 ? silent[0] : null);
            if (owner is null)
                groups[reply.To?.ToString() ?? "ip-rule"] = owner = [];

            owner.Add(reply);
        }

        foreach ((string key, List<RoutingRule> group) in groups)
            yield return Orphan(Unused(NameFor(key), taken), group, environment);
    }

    private static bool IsReply(RoutingRule rule) => rule.Iif is null && rule.From is null;

    private static PolicyName Unused(PolicyName name, ISet<PolicyName> taken)
    {
        PolicyName free = name;
        for (int i = 2; !taken.Add(free); i++)
            free = PolicyName.Parse($"{name}-{i}");

        return free;
    }

    private static LivePolicy Orphan(PolicyName name, List<RoutingRule> rules, RuleEnvironment environment)
    {
        PolicyTarget target = new()
        {
            Bridge = rules.Select(rule => rule.Iif).FirstOrDefault(iif => iif is not null),
            Subnets = Cidr.Normalise(rules
                .Select(rule => rule.From ?? (rule.Iif is null ? rule.To : null))
                .OfType<Cidr>()),
        };
        bool closed = rules.Exists(rule =>
            rule.IsEnd || (rule.Table == environment.Table && rule.SuppressPrefixLength is null && rule.To is null));
        Policy policy = closed
            ? new KillswitchPolicy { Name = name, Target = target, Tunnel = TunnelNames.Usual, Backend = environment.Backend }
            : new BypassPolicy { Name = name, Target = target, Tunnel = TunnelNames.Usual, Backend = environment.Backend };
        RuleOwner owner = RuleOwner.Of(policy);
        return new LivePolicy(
            policy, IsWhole: false, IsNamed: false, [.. rules.Select(rule => new OwnedRule(rule, owner))]);
    }

    private static PolicyName NameFor(string key) =>
        PolicyName.TryParse(key, out PolicyName name)
            ? name
            : PolicyName.Parse("unnamed-" + string.Concat(key.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-')));
}
