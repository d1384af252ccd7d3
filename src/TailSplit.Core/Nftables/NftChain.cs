using TailSplit.Core.Rules;

namespace TailSplit.Core.Nftables;

/// <summary>A chain: a base chain with a hook, or one that other chains jump to.</summary>
public sealed record NftChain(string Name, NftHook? Hook = null) : NftObject(family: null)
{
    public override RuleOwner? Owner => NftNames.PolicyOf(Name);

    internal override string Place => $"chain {TablePlace} {Name}";

    internal override string Definition => Hook is null ? "" : $"{{ {Hook} }}";

    internal override string Reference => "";
}
