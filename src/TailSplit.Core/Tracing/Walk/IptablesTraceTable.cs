using TailSplit.Core.Iptables;
using TailSplit.Core.Listing;
using TailSplit.Core.Rules;
using TailSplit.Core.Tracing.Xtables;

namespace TailSplit.Core.Tracing.Walk;

/// <summary>A table of iptables: its chains by iptables-save, or by nft where iptables can't read them.</summary>
internal sealed class IptablesTraceTable(
    string name, SavedTable? saved, NativeTable? native, string program, IptablesRules rules, NativeChains chains)
{
    private readonly Dictionary<string, TraceChain?> _chains = new(StringComparer.Ordinal);

    public string Name => name;

    public string Program => program;

    public TraceChain? Find(string chain)
    {
        if (!_chains.TryGetValue(chain, out TraceChain? made))
            _chains[chain] = made = Make(chain);

        return made;
    }

    private TraceChain? Make(string chain)
    {
        SavedChain? listed = saved?.Find(chain);
        NativeChain? other = native?.Chain(chain);
        // For rules of iptables' extensions iptables shows more: nft shows only that they exist.
        bool byNft = other is not null && (listed is null
            || (saved is not { Unreadable: null } && (other.Rules.All(rule => !rule.IsOpaque) || HasUnknown(listed))));
        return byNft ? chains.Of(native!, other!, Find)
            : listed is null ? null
            : new IptablesTraceChain(this, listed, rules);
    }

    /// <summary>The step of the chain's policy where it is DROP; null if it is not.</summary>
    public TraceStep? PolicyOf(string chain) =>
        (saved?.Find(chain)?.Policy ?? (native?.Chain(chain)?.Hook?.Drops == true ? "DROP" : "ACCEPT")) == "DROP"
            ? new TraceStep
            {
                Layer = RuleLayer.Firewall,
                Table = name,
                Chain = chain,
                CommandLine = $"{program} -t {name} -P {chain} DROP",
                Matched = true,
                Effect = TraceStep.DropPolicy,
            }
            : null;

    private static bool HasUnknown(SavedChain chain)
    {
        foreach (SavedRule rule in chain.Rules)
        {
            if (rule.Specification is SavedListing.NativeRule)
                return true;
        }

        return false;
    }
}
