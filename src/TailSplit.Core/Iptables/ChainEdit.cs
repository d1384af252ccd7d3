namespace TailSplit.Core.Iptables;

/// <summary>
/// Lines that turn a chain of TailSplit's into the wanted one by deleting and inserting, all within the commit of its
/// table: what stays is not written, so it keeps its counters with every tool (ip6tables-nft-restore 1.8.9 does not
/// restore them).
/// </summary>
internal static class ChainEdit
{
    /// <summary>
    /// Null where rules that stay would have to change places, or stand there twice: then the chain is replaced.
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
