using System.Collections.Immutable;
using TailSplit.Core.Iptables;
using TailSplit.Core.Model;

namespace TailSplit.Core.Proving;

/// <summary>
/// The rules of a save without those that no packet of a network can match: of another interface, or of a source
/// outside it. Thousands of rules of other programs then cost hardly more time than none.
/// </summary>
internal sealed class RelevantRules(SavedRuleset saved)
{
    private readonly Dictionary<SavedChain, IptablesSpecification[]> _parsed = saved.Tables
        .SelectMany(table => table.Chains)
        .ToDictionary(
            chain => chain,
            chain => chain.Rules.Select(rule => IptablesSpecification.Parse(rule.Specification)).ToArray());

    /// <param name="bridge">Where the packets come in.</param>
    /// <param name="sources">The prefixes of their source addresses.</param>
    /// <param name="withOwn">Whether TailSplit's own rules stay.</param>
    public SavedRuleset For(InterfaceName bridge, ImmutableArray<Cidr> sources, bool withOwn) =>
        saved.Select((chain, index) =>
        {
            IptablesSpecification rule = _parsed[chain][index];
            return (withOwn || !IsOwn(chain, rule))
                && (rule.In is null || rule.In == bridge)
                && (rule.Source is not Cidr source || sources.Any(source.Overlaps));
        });

    private static bool IsOwn(SavedChain chain, IptablesSpecification rule) =>
        OwnChains.IsOwn(chain.Name) || rule.OwnChain is not null;
}
