using System.Collections.Immutable;
using TailSplit.Core.Iptables;
using TailSplit.Core.Model;

namespace TailSplit.Core.Proving;

/// <summary>
/// The rules of a save without those that no packet of a network can match: of another interface, or of a source
/// outside it. Thousands of rules of other programs then cost hardly more time than none.
/// </summary>
internal sealed class RelevantRules
{
    // Packets of containers do not cross it, so no connection of theirs gets a mark there.
    private const string OfHost = "OUTPUT";

    private readonly SavedRuleset _saved;
    private readonly Dictionary<SavedChain, ReadRule[]> _rules;

    public RelevantRules(SavedRuleset saved)
    {
        _saved = saved;
        _rules = saved.Tables
            .SelectMany(table => table.Chains.Select(chain => (Chain: chain, Rules: Read(table.Name, chain))))
            .ToDictionary(read => read.Chain, read => read.Rules);
    }

    /// <summary>What all rules mention, except those for packets of the host itself.</summary>
    public IEnumerable<RuleMentions> All => _rules
        .Where(chain => chain.Key.Name != OfHost)
        .SelectMany(chain => chain.Value)
        .Select(rule => rule.Mentions);

    /// <param name="bridge">Where the packets come in.</param>
    /// <param name="sources">The prefixes of their source addresses; null for any.</param>
    /// <param name="withOwn">Whether TailSplit's own rules stay.</param>
    public (SavedRuleset Rules, IReadOnlyList<RuleMentions> Mentions) For(
        InterfaceName bridge, ImmutableArray<Cidr>? sources, bool withOwn)
    {
        List<RuleMentions> mentions = [];
        SavedRuleset rules = _saved.Select((chain, index) =>
        {
            ReadRule rule = _rules[chain][index];
            bool isKept = (withOwn || !(rule.IsOwn || OwnChains.IsOwn(chain.Name)))
                && (rule.Specification.In is null || rule.Specification.In == bridge)
                && (sources is null
                    || rule.Specification.Source is not Cidr source
                    || sources.Value.Any(source.Overlaps));
            if (isKept && chain.Name != OfHost)
                mentions.Add(rule.Mentions);

            return isKept;
        });
        return (rules, mentions);
    }

    private static ReadRule[] Read(string table, SavedChain chain)
    {
        string[] texts = [.. chain.Rules.Select(rule => rule.Specification.ToString())];
        return
        [
            .. RuleMentions.OfChain(table, chain.Name, texts)
                .Select((mentions, index) => new ReadRule(IptablesSpecification.Parse(texts[index]), mentions)),
        ];
    }

    private sealed record ReadRule(IptablesSpecification Specification, RuleMentions Mentions)
    {
        public bool IsOwn => Specification.OwnChain is not null;
    }
}
