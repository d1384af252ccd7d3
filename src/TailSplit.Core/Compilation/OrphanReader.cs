using TailSplit.Core.Model;
using TailSplit.Core.Routing;
using TailSplit.Core.Rules;

namespace TailSplit.Core.Compilation;

/// <summary>
/// ip rules of TailSplit's whose firewall half is gone, as after <c>iptables -F; iptables -X</c>. ip rules can't bear a
/// comment, so the name of the policy is lost with the firewall. Until it is applied again, it has the name of its
/// bridge or subnet.
/// </summary>
internal static class OrphanReader
{
    /// <param name="rules">The ip rules that no named policy claims.</param>
    /// <param name="environment">What of the host decides how rules are spelled.</param>
    /// <param name="taken">Names that are in use; those of the orphans are added.</param>
    /// <param name="subnets">Those of the named policies.</param>
    public static IEnumerable<LivePolicy> Read(
        IReadOnlyCollection<RoutingRule> rules,
        RuleEnvironment environment,
        ISet<PolicyName> taken,
        IEnumerable<Cidr> subnets)
    {
        Dictionary<string, List<RoutingRule>> groups = rules
            .Where(rule => !ReplyRouting.IsShared(rule))
            .GroupBy(rule => rule.Iif?.ToString() ?? rule.From!.Value.ToString())
            .OrderBy(group => group.Key, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.ToList(), StringComparer.Ordinal);
        Cidr[] known = [.. subnets, .. groups.Values.SelectMany(SubnetsOf)];
        List<RoutingRule>[] silent = [.. groups.Values.Where(group => !SubnetsOf(group).Any())];
        foreach (RoutingRule reply in rules
            .Where(rule => ReplyRouting.IsShared(rule) && !(rule.To is Cidr to && known.Any(to.Overlaps))))
        {
            // The subnet belongs to the only group without one.
            List<RoutingRule>? owner = silent.Length == 1 ? silent[0] : null;
            if (owner is null)
                groups[reply.To?.ToString() ?? "ip-rule"] = owner = [];

            owner.Add(reply);
        }

        foreach ((string key, List<RoutingRule> group) in groups)
            yield return Orphan(Unused(NameFor(key), taken), group, environment);
    }

    // Those that it names as a source, and by its bridge as its own network. Earlier versions did not write the latter
    // for a bypass.
    private static IEnumerable<Cidr> SubnetsOf(IEnumerable<RoutingRule> group) => group
        .Select(rule => rule switch
        {
            { From: Cidr from } => from,
            { Iif: not null, Table: RoutingRule.MainTable, SuppressPrefixLength: 0 } => rule.To,
            _ => null,
        })
        .OfType<Cidr>();

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
            Subnets = Cidr.Normalise(
                SubnetsOf(rules).Concat(rules.Where(ReplyRouting.IsShared).Select(rule => rule.To).OfType<Cidr>())),
        };
        bool closed = rules.Exists(rule =>
            rule.IsEnd || (rule.Table == environment.Table && rule.SuppressPrefixLength is null && rule.To is null));
        InterfaceName tunnel = environment.Provider.Interface;
        Policy policy = closed
            ? new KillswitchPolicy { Name = name, Target = target, Tunnel = tunnel, Backend = environment.Backend }
            : new BypassPolicy { Name = name, Target = target, Tunnel = tunnel, Backend = environment.Backend };
        RuleOwner owner = RuleOwner.Of(policy);
        return new LivePolicy(
            policy, IsWhole: false, IsNamed: false, [.. rules.Select(rule => new OwnedRule(rule, owner))]);
    }

    private static PolicyName NameFor(string key) =>
        PolicyName.TryParse(key, out PolicyName name)
            ? name
            : PolicyName.Parse("unnamed-" + string.Concat(key.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-')));
}
