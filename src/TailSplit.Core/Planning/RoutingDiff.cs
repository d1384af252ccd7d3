using TailSplit.Core.Rules;

namespace TailSplit.Core.Planning;

/// <summary>
/// Writes the lines for <c>ip -batch</c>. They are not atomic together, so their order is such that nothing opens on
/// the way: what refuses comes first and goes last; a bypass gets its default route last and loses it first.
/// </summary>
internal static class RoutingDiff
{
    public static string Write(IEnumerable<RoutingRule> live, IEnumerable<RoutingRule> wanted)
    {
        HashSet<RoutingRule> before = [.. live];
        HashSet<RoutingRule> after = [.. wanted];
        IEnumerable<string> added = InOrderOfAddition(after.Where(rule => !before.Contains(rule)))
            .Select(rule => $"rule add {rule.Selector}\n");
        IEnumerable<string> removed = before
            .Where(rule => !after.Contains(rule))
            .OrderBy(rule => rule.IsEnd ? 1 : 0)
            .ThenByDescending(rule => rule.Preference)
            .Select(rule => $"rule del {rule.Selector}\n");
        return string.Concat(added.Concat(removed));
    }

    /// <summary>What refuses first, a bypass's default route last.</summary>
    public static IEnumerable<RoutingRule> InOrderOfAddition(IEnumerable<RoutingRule> rules) =>
        rules.OrderBy(rule => rule.IsEnd ? 0 : 1).ThenBy(rule => rule.Preference);
}
