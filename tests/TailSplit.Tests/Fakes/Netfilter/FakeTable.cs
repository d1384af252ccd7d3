using System.Globalization;
using System.Text;

namespace TailSplit.Tests.Fakes.Netfilter;

/// <summary>A table in the fake kernel.</summary>
internal sealed class FakeTable
{
    private static readonly Dictionary<string, string[]> s_builtIn = new(StringComparer.Ordinal)
    {
        ["raw"] = ["PREROUTING", "OUTPUT"],
        ["mangle"] = ["PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING"],
        ["nat"] = ["PREROUTING", "INPUT", "OUTPUT", "POSTROUTING"],
        ["filter"] = ["INPUT", "FORWARD", "OUTPUT"],
    };

    private readonly Dictionary<string, FakeChain> _chains;

    public FakeTable(string name)
        : this(name, s_builtIn[name].Select(chain => new FakeChain(chain, "ACCEPT")))
    {
    }

    private FakeTable(string name, IEnumerable<FakeChain> chains)
    {
        Name = name;
        _chains = chains.ToDictionary(chain => chain.Name, StringComparer.Ordinal);
    }

    public string Name { get; }

    public IReadOnlyCollection<FakeChain> Chains => _chains.Values;

    /// <summary>Chains that hold rules of nft's own, which iptables can't read.</summary>
    public HashSet<string> Native { get; private init; } = new(StringComparer.Ordinal);

    /// <summary>Whether a save leaves it out silently.</summary>
    public bool IsHidden { get; set; }

    public static bool Exists(string name) => s_builtIn.ContainsKey(name);

    public FakeChain? Find(string chain) => _chains.GetValueOrDefault(chain);

    public void Add(FakeChain chain) => _chains.Add(chain.Name, chain);

    public void Remove(FakeChain chain) => _chains.Remove(chain.Name);

    public bool IsTarget(string chain) => Chains.Any(other => other.Rules.Any(rule => rule.Target == chain));

    public FakeTable Copy() => new(Name, Chains.Select(chain => chain.Copy())) { Native = [.. Native], IsHidden = IsHidden };

    /// <summary>As iptables-save prints it: the kernel's chains in their order, then all others by name.</summary>
    public string Save(bool counters)
    {
        StringBuilder text = new();
        FakeChain[] chains =
        [
            .. s_builtIn[Name].Select(name => _chains[name]),
            .. Chains.Where(chain => !chain.IsBuiltIn).OrderBy(chain => chain.Name, StringComparer.Ordinal),
        ];
        text.Append('*').Append(Name).Append('\n');
        foreach (FakeChain chain in chains)
            text.Append(CultureInfo.InvariantCulture, $":{chain.Name} {chain.Policy} [0:0]\n");

        foreach (FakeChain chain in chains)
        {
            foreach (FakeRule rule in chain.Rules)
            {
                if (counters)
                    text.Append(CultureInfo.InvariantCulture, $"[{rule.Packets}:{rule.Bytes}] ");

                text.Append($"-A {chain.Name} {rule.Specification}".TrimEnd()).Append('\n');
            }
        }

        return text.Append("COMMIT\n").ToString();
    }
}
