using TailSplit.Core.Rules;

namespace TailSplit.Core.Nftables;

/// <summary>A chain: asked by the kernel at its hook, or reached from other chains where it has none.</summary>
public sealed record NftChain(string Name, NftHook? Hook = null) : NftObject(family: null)
{
    public override RuleOwner? Owner => NftNames.PolicyOf(Name);

    internal override string Place => $"chain {TablePlace} {Name}";

    internal override string Definition => Hook is null ? "" : $"{{ {Hook} }}";

    internal override string Reference => "";
}
