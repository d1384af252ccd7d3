
namespace TailSplit.Core.Iptables;

/// <summary>One table of a save.</summary>
public sealed class SavedTable
{
    private readonly Dictionary<string, SavedChain> _chains = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SavedChain>.AlternateLookup<ReadOnlySpan<char>> _byName;

    // Rules of one chain come in a row: the last one found is nearly always the next one wanted.
    private SavedChain? _last;

    internal SavedTable(string name)
    {
        Name = name;
        _byName = _chains.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    public string Name { get; }

    /// <summary>Whether the save has it to its end. A tool that dies half way leaves the last one unfinished.</summary>
    public bool IsWhole { get; internal set; }

    /// <summary>Why not all of its chains are known; null if they are.</summary>
    public UnreadableTable? Unreadable { get; internal set; }

    public IReadOnlyCollection<SavedChain> Chains => _chains.Values;

    public SavedChain? Find(string chain) => _chains.GetValueOrDefault(chain);

    /// <summary>Takes the rest of a line <c>:CHAIN POLICY [packets:bytes]</c>.</summary>
    internal SavedTable Select(Func<SavedChain, int, bool> keeps)
    {
        SavedTable chosen = new(Name) { IsWhole = IsWhole, Unreadable = Unreadable };
        foreach (SavedChain chain in _chains.Values)
        {
            SavedChain some = new(chain.Name, chain.Policy);
            for (int i = 0; i < chain.Rules.Count; i++)
            {
                if (keeps(chain, i))
                    some.Add(chain.Rules[i]);
            }

            chosen._chains[chain.Name] = some;
        }

        return chosen;
    }

    internal void Declare(ReadOnlySpan<char> line)
    {
        int blank = line.IndexOf(' ');
        ReadOnlySpan<char> name = blank < 0 ? line.TrimEnd() : line[..blank];
        ReadOnlySpan<char> policy = blank < 0 ? default : line[(blank + 1)..];
        int end = policy.IndexOf(' ');
        if (!_byName.ContainsKey(name))
            _byName[name] = new SavedChain(name.ToString(), (end < 0 ? policy : policy[..end]).ToString());
    }

    internal void Add(SavedRule rule)
    {
        ReadOnlySpan<char> name = rule.Chain;
        if (name.IsEmpty)
            return;

        if (_last is null || !name.SequenceEqual(_last.Name))
        {
            if (!_byName.TryGetValue(name, out _last))
                _byName[name] = _last = new SavedChain(name.ToString(), "-");
        }

        _last.Add(rule);
    }
}
