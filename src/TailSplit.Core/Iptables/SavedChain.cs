
namespace TailSplit.Core.Iptables;

/// <summary>One chain of a save, with its rules in order.</summary>
public sealed class SavedChain
{
    private readonly List<SavedRule> _rules = [];

    internal SavedChain(string name, string policy)
    {
        Name = name;
        Policy = policy;
    }

    public string Name { get; }

    /// <summary>ACCEPT or DROP for a base chain, "-" for any other.</summary>
    public string Policy { get; }

    public IReadOnlyList<SavedRule> Rules => _rules;

    internal void Add(SavedRule rule) => _rules.Add(rule);
}
