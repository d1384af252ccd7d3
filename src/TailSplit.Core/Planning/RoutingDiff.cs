using TailSplit.Core.Routing;
using TailSplit.Core.Rules;

namespace TailSplit.Core.Planning;

/// <summary>
/// Writes the lines for <c>ip -batch</c>. They are not atomic together, so their order is such that nothing opens on
/// the way: rules that refuse are added first and removed last; then the blocks of policies, and then the rules before
/// Tailscale's in the order in which packets walk them. A killswitch's <c>goto</c> is added before a rule that leads to
/// subnets of others, and removed after it.
/// </summary>
internal static class RoutingDiff
{
    public static string Write(IEnumerable<RoutingRule> live, IEnumerable<RoutingRule> wanted)
    {
        HashSet<RoutingRule> before = [.. live];
        HashSet<RoutingRule> after = [.. wanted];
        RoutingRule[] gone = [.. before.Where(rule => !after.Contains(rule))];
        List<RoutingRule> removed =
            [.. gone.OrderByDescending(OrderOfAddition).ThenByDescending(rule => rule.Preference)];
        List<string> lines = [];
        foreach (RoutingRule rule in InOrderOfAddition(after.Where(rule => !before.Contains(rule))))
        {
            // To the kernel the two are the same rule: it does not compare targets (net/core/fib_rules.c, rule_exists).
            if (removed.Find(
                other => rule.Target is not null && other with { Target = rule.Target } == rule) is RoutingRule other)
            {
                removed.Remove(other);
                lines.Add($"rule del {other.Selector}\n");
            }

            lines.Add($"rule add {rule.Selector}\n");
        }

        lines.AddRange(removed.Select(rule => $"rule del {rule.Selector}\n"));
        return string.Concat(lines);
    }

    /// <summary>First rules that refuse, then the blocks, then the rules that lead there.</summary>
    public static IEnumerable<RoutingRule> InOrderOfAddition(IEnumerable<RoutingRule> rules) =>
        rules.OrderBy(OrderOfAddition).ThenBy(rule => rule.Preference);

    private static int OrderOfAddition(RoutingRule rule) => rule.IsEnd ? 0 : RoutingBlock.Holds(rule) ? 1 : 2;
}
