using TailSplit.Core.Rules;

namespace TailSplit.Core.Nftables;

/// <summary>What a rule of nft does with the packets that it matches. Closed: the records below.</summary>
public abstract record NftAction
{
    private NftAction()
    {
    }

    /// <summary>It decides, or changes something of the packet.</summary>
    public sealed record Decide(FirewallVerdict Verdict) : NftAction;

    /// <summary>The chain goes on with it, and this one does not.</summary>
    public sealed record Goto(string Chain) : NftAction;

    /// <summary>The chain goes on with it, then this one.</summary>
    public sealed record Jump(string Chain) : NftAction;

    /// <summary>The map says which chain goes on with it; where it has no such key, this one does.</summary>
    public sealed record Lookup(NftMap Map) : NftAction;
}
