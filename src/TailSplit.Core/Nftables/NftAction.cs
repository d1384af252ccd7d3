using TailSplit.Core.Rules;

namespace TailSplit.Core.Nftables;

/// <summary>What a rule of nft does with the packets that it matches. Closed: the records below.</summary>
public abstract record NftAction
{
    private NftAction()
    {
    }

    /// <summary>A verdict, or a change of the packet.</summary>
    public sealed record Decide(FirewallVerdict Verdict) : NftAction;

    /// <summary>Continues with the chain and does not return.</summary>
    public sealed record Goto(string Chain) : NftAction;

    /// <summary>Continues with the chain, then with this one.</summary>
    public sealed record Jump(string Chain) : NftAction;

    /// <summary>Continues with the chain that the map has for the packet; without such a key, with this one.</summary>
    public sealed record Lookup(NftMap Map) : NftAction;
}
