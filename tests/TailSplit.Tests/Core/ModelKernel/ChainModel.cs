namespace TailSplit.Tests.Core.ModelKernel;

/// <summary>A chain: the policy is "-" for one that somebody made.</summary>
internal sealed class ChainModel(string name, string policy)
{
    public string Name => name;

    public string Policy { get; set; } = policy;

    public List<RuleModel> Rules { get; private init; } = [];

    public bool IsBuiltIn => Policy != "-";

    public ChainModel Clone() => new(name, Policy) { Rules = [.. Rules] };
}
