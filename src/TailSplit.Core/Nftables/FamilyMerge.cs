using TailSplit.Core.Model;
using TailSplit.Core.Rules;

namespace TailSplit.Core.Nftables;

/// <summary>A firewall rule of one family, or of both if they are the same (<c>Family</c> is null).</summary>
internal sealed record MergedRule(IpFamily? Family, PacketMatch Match, FirewallVerdict Verdict, RuleOwner? Owner);

/// <summary>
/// Merges the rules of both families into one list, with common rules once. The order of either family stays.
/// </summary>
internal static class FamilyMerge
{
    /// <param name="rules">The rules, of both families.</param>
    /// <param name="isAlone">Whether all rules of the host are of one family, so none has to name it.</param>
    public static IReadOnlyList<MergedRule> Of(IEnumerable<FirewallRule> rules, bool isAlone)
    {
        if (isAlone)
            return [.. rules.Select(rule => Of(rule, null))];

        ILookup<IpFamily, FirewallRule> families = rules.ToLookup(rule => rule.Family);
        Queue<FirewallRule> six = new(families[IpFamily.IPv6]);
        HashSet<(PacketMatch, FirewallVerdict)> waiting = [.. six.Select(What)];
        List<MergedRule> merged = [];
        foreach (FirewallRule four in families[IpFamily.IPv4])
        {
            bool isCommon = waiting.Contains(What(four)) && six.Any(rule => What(rule) == What(four));
            while (isCommon && What(six.Peek()) != What(four))
                merged.Add(Of(six.Dequeue(), IpFamily.IPv6));

            if (isCommon)
                six.Dequeue();

            merged.Add(Of(four, isCommon ? null : IpFamily.IPv4));
        }

        merged.AddRange(six.Select(rule => Of(rule, IpFamily.IPv6)));
        return merged;
    }

    private static (PacketMatch Match, FirewallVerdict Verdict) What(FirewallRule rule) => (rule.Match, rule.Verdict);

    private static MergedRule Of(FirewallRule rule, IpFamily? family) =>
        new(family, rule.Match, rule.Verdict, rule.Owner);
}
