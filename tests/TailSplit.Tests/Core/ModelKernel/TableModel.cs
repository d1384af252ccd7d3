namespace TailSplit.Tests.Core.ModelKernel;

/// <summary>One table, with the errors that iptables has for what can't be done.</summary>
internal sealed class TableModel(string name)
{
    // XT_EXTENSION_MAXNAMELEN (linux/netfilter/x_tables.h).
    private const int LongestChainName = 28;

    public string Name => name;

    public List<ChainModel> Chains { get; private init; } = [];

    public TableModel Clone() => new(name) { Chains = [.. Chains.Select(chain => chain.Clone())] };

    public ChainModel? Find(string chain) => Chains.Find(candidate => candidate.Name == chain);

    public ChainModel Get(string chain) =>
        Find(chain) ?? throw new KernelException($"iptables: No chain/target/match by that name: {chain}");

    public void Make(string chain)
    {
        if (chain.Length is 0 or > LongestChainName)
            throw new KernelException($"chain name '{chain}' too long (must be under 29 chars)");

        if (Find(chain) is not null)
            throw new KernelException($"iptables: Chain already exists: {chain}");

        Chains.Add(new ChainModel(chain, "-"));
    }

    /// <summary>
    /// <c>:CHAIN POLICY</c>: with --noflush a chain of somebody's is emptied or made, the kernel's own keeps its rules.
    /// </summary>
    public void Declare(string chain, string policy)
    {
        if (Find(chain) is not ChainModel found)
            Make(chain);
        else if (found.IsBuiltIn)
            found.Policy = policy;
        else
            found.Rules.Clear();
    }

    public void Delete(string chain)
    {
        ChainModel found = Get(chain);
        if (found.IsBuiltIn)
            throw new KernelException($"iptables: {chain} is a chain of the kernel's");

        if (found.Rules.Count > 0)
            throw new KernelException($"iptables: Directory not empty: {chain}");

        if (Chains.SelectMany(other => other.Rules).Any(rule => TargetModel.Of(rule.Specification) == chain))
            throw new KernelException($"iptables: Too many links: {chain}");

        Chains.Remove(found);
    }

    public void Insert(string chain, int at, RuleModel rule)
    {
        ChainModel found = Get(chain);
        if (TargetModel.Of(rule.Specification) is string target
            && !TargetModel.IsExtension(target)
            && Find(target) is null)
            throw new KernelException($"Couldn't load target `{target}': No such file or directory");

        if (at < 0 || at > found.Rules.Count)
            throw new KernelException("iptables: Index of insertion too big");

        found.Rules.Insert(at, rule);
    }

    public void Remove(string chain, string specification)
    {
        ChainModel found = Get(chain);
        int at = found.Rules.FindIndex(rule => rule.Specification == specification);
        if (at < 0)
            throw new KernelException(
                $"iptables: Bad rule (does a matching rule exist in that chain?): -D {chain} {specification}");

        found.Rules.RemoveAt(at);
    }
}
