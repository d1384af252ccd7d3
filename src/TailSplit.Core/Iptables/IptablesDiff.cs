using System.Text;
using TailSplit.Core.Model;
using TailSplit.Core.Rules;

namespace TailSplit.Core.Iptables;

/// <summary>
/// Writes the text for <c>iptables-restore --noflush --counters</c>: only changed tables, and in them only changed
/// chains, each edited or replaced within the one commit of its table. Rules that stay keep their counters.
/// </summary>
internal static class IptablesDiff
{
    public static string Write(LiveIptables live, IpFamily family, IReadOnlyList<IptablesRule> wanted)
    {
        StringBuilder text = new();
        foreach (IptablesTable table in IptablesTables.All)
            WriteTable(text, live, family, table, [.. wanted.Where(rule => rule.Table == table)]);

        return text.ToString();
    }

    private static void WriteTable(
        StringBuilder text, LiveIptables live, IpFamily family, IptablesTable table, IReadOnlyList<IptablesRule> wanted)
    {
        ILookup<string, IptablesRule> chains = wanted
            .Where(rule => OwnChains.IsOwn(rule.Chain))
            .ToLookup(rule => rule.Chain);
        Dictionary<string, List<LiveIptablesRule>> before = live.Chains
            .Where(chain => chain.Key.Family == family && chain.Key.Table == table)
            .ToDictionary(chain => chain.Key.Chain, chain => chain.Value, StringComparer.Ordinal);
        List<IGrouping<string, IptablesRule>> replaced = [.. chains.Where(
            chain => !IsAsWanted(before.GetValueOrDefault(chain.Key), chain))];
        List<string> removed = [.. before.Keys.Where(chain => !chains.Contains(chain)).Order(StringComparer.Ordinal)];
        HookDiff hooks = HookDiff.Of(live, family, table, wanted);
        if (replaced.Count == 0 && removed.Count == 0 && hooks.IsEmpty)
            return;

        text.Append('*').Append(table.NameOf()).Append('\n');
        foreach (string chain in hooks.MadeChains)
            Line($"-N {chain}");

        Dictionary<string, IReadOnlyList<string>?> edits = replaced.ToDictionary(
            chain => chain.Key,
            chain => before.TryGetValue(chain.Key, out List<LiveIptablesRule>? rules)
                ? ChainEdit.Lines(rules, [.. chain])
                : null,
            StringComparer.Ordinal);

        // A declaration empties an existing chain; no packet sees it empty before the commit.
        foreach (IGrouping<string, IptablesRule> chain in replaced.Where(chain => edits[chain.Key] is null))
            Line($":{chain.Key} - [0:0]");

        foreach (string line in hooks.Removals)
            Line(line);

        foreach (string chain in removed)
            Line($"-F {chain}");

        foreach (IGrouping<string, IptablesRule> chain in replaced)
        {
            if (edits[chain.Key] is IReadOnlyList<string> edit)
                text.AppendJoin("", edit.Select(line => line + "\n"));
            else
                WriteRules(text, chain, before.GetValueOrDefault(chain.Key) ?? []);
        }

        foreach (string line in hooks.Insertions)
            Line(line);

        foreach (string chain in removed.Concat(hooks.UnmadeChains))
            Line($"-X {chain}");

        Line("COMMIT");

        void Line(string line) => text.Append(line).Append('\n');
    }

    private static void WriteRules(StringBuilder text, IEnumerable<IptablesRule> rules, List<LiveIptablesRule> before)
    {
        Dictionary<IptablesSpecification, RuleCounters> counters = [];
        foreach (LiveIptablesRule rule in before)
            counters.TryAdd(rule.Rule.Specification, rule.Counters);

        foreach (IptablesRule rule in rules)
            text
                .Append(counters.GetValueOrDefault(rule.Specification))
                .Append(' ')
                .Append(rule.RestoreLine)
                .Append('\n');
    }

    private static bool IsAsWanted(List<LiveIptablesRule>? before, IEnumerable<IptablesRule> wanted) =>
        before is not null
        && before.Select(rule => rule.Rule.Specification).SequenceEqual(wanted.Select(rule => rule.Specification));
}
