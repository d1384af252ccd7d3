using System.Text.RegularExpressions;
using TailSplit.Core.Model;

namespace TailSplit.Core.Listing;

/// <summary>A table of nf_tables with its chains, sets and maps.</summary>
internal sealed partial class NativeTable(string family, string name)
{
    /// <summary>The name of TailSplit's table, whose family is <c>inet</c>: IPv4 and IPv6.</summary>
    public const string OwnName = "tailsplit";

    private readonly Dictionary<string, NativeChain> _chains = new(StringComparer.Ordinal);
    private readonly Dictionary<string, NativeSet> _sets = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _elements = new(StringComparer.Ordinal);
    private readonly List<string> _objects = [];

    /// <summary>ip, ip6, inet, bridge, netdev or arp.</summary>
    public string Family { get; } = family;

    public string Name { get; } = name;

    /// <summary>
    /// Whether it is dormant: its chains are not in force. Null if unknown, since nft 1.0.6 prints wrong flags.
    /// </summary>
    public bool? IsDormant { get; init; } = false;

    /// <inheritdoc cref="NativeRuleset.IsOfIptables"/>
    public bool IsIptables => NativeRuleset.IsOfIptables(Family, Name);

    /// <summary>Whether it is TailSplit's table.</summary>
    public bool IsOwn => Family == "inet" && Name == OwnName;

    public IReadOnlyCollection<NativeChain> Chains => _chains.Values;

    public IReadOnlyCollection<NativeSet> Sets => _sets.Values;

    /// <summary>Its other objects, as nft names them: <c>counter dropped</c>, <c>flowtable fast</c>.</summary>
    public IReadOnlyList<string> Objects => _objects;

    /// <summary>Whether IPv4 or IPv6 packets traverse its chains.</summary>
    public bool Concerns(IpFamily family) => Family == "inet" || Family == (family == IpFamily.IPv4 ? "ip" : "ip6");

    public NativeChain? Chain(string chain) => _chains.GetValueOrDefault(chain);

    public NativeSet? Set(string set) => _sets.GetValueOrDefault(set);

    /// <summary>A rule as nft lists it, with the elements of named sets and maps in the place of their names.</summary>
    public string TextOf(NativeRule rule) => SetName().Replace(
        rule.ToString(),
        name => Set(name.Groups["name"].Value) is NativeSet set ? $"{{ {Elements(set)} }}" : name.Value);

    public override string ToString() => $"{Family} {Name}";

    private string Elements(NativeSet set)
    {
        if (!_elements.TryGetValue(set.Name, out string? text))
            _elements[set.Name] = text = string.Join(", ", set.Elements);

        return text;
    }

    // What nft takes for a name (src/scanner.l, "string").
    [GeneratedRegex(@"@(?<name>[\w./-]+)", RegexOptions.CultureInvariant)]
    private static partial Regex SetName();

    internal void Add(NativeChain chain) => _chains.TryAdd(chain.Name, chain);

    internal void Add(NativeSet set) => _sets.TryAdd(set.Name, set);

    internal void Add(string namedObject) => _objects.Add(namedObject);
}
