namespace TailSplit.Tests.Fakes.Netfilter;

/// <summary>A chain in the fake kernel.</summary>
internal sealed class FakeChain(string name, string policy)
{
    public string Name { get; } = name;

    /// <summary>ACCEPT or DROP for the kernel's own, "-" for any other.</summary>
    public string Policy { get; set; } = policy;

    public List<FakeRule> Rules { get; } = [];

    public bool IsBuiltIn => Policy != "-";

    public FakeChain Copy()
    {
        FakeChain copy = new(Name, Policy);
        copy.Rules.AddRange(Rules);
        return copy;
    }
}
