namespace TailSplit.Core.Listing;

/// <summary>A chain: a base chain at a hook, or a chain that rules jump to.</summary>
internal sealed class NativeChain(string name, NativeHook? hook)
{
    private readonly List<NativeRule> _rules = [];

    public string Name { get; } = name;

    /// <summary>The hook; null for a chain that only rules jump to.</summary>
    public NativeHook? Hook { get; } = hook;

    public IReadOnlyList<NativeRule> Rules => _rules;

    internal void Add(NativeRule rule) => _rules.Add(rule);
}

/// <summary>The hook of a base chain (nft(8), "chains").</summary>
/// <param name="Type">filter, nat or route.</param>
/// <param name="Name">prerouting, input, forward, output, postrouting, ingress or egress.</param>
/// <param name="Priority">Lower comes first.</param>
/// <param name="Drops">Whether the policy of the chain is drop.</param>
internal sealed record NativeHook(string Type, string Name, int Priority, bool Drops);
