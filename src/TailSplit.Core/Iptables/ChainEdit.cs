namespace TailSplit.Core.Iptables;

/// <summary>
/// Lines that change a chain of TailSplit into the wanted one by deleting and inserting, within the commit of its
/// table. Rules that stay are not written, so they keep their counters with every tool (ip6tables-nft-restore 1.8.9
/// does not restore them).
/// </summary>
internal static class ChainEdit
{
    /// <summary>
    /// Null if rules that stay would change their order or occur twice: then the chain is replaced.
    /// </summary>
    public static IReadOnlyList<string>? Lines(
        IReadOnlyList<LiveIptablesRule> before, IReadOnlyList<IptablesRule> wanted)
    {
        HashSet<IptablesSpecification> after = [.. wanted.Select(rule => rule.Specification)];
        IptablesSpecification[] kept = [.. before.Select(rule => rule.Rule.Specification).Where(after.Contains)];
        HashSet<IptablesSpecification> stays = [.. kept];
        if (after.Count != wanted.Count
            || before.DistinctBy(rule => rule.Rule.Specification).Count() != before.Count
            || !kept.SequenceEqual(wanted.Select(rule => rule.Specification).Where(stays.Contains)))
        {
            return null;
        }

        List<string> lines = [];
        foreach (LiveIptablesRule rule in before.Where(rule => !stays.Contains(rule.Rule.Specification)))
            lines.Add($"-D {rule.Rule.Chain} {rule.Rule.Specification}");

        // Those before it are in place by then, so its number in the end is its number now.
        for (int i = 0; i < wanted.Count; i++)
        {
            if (!stays.Contains(wanted[i].Specification))
                lines.Add($"-I {wanted[i].Chain} {i + 1} {wanted[i].Specification}");
        }

        return lines;
    }
}
