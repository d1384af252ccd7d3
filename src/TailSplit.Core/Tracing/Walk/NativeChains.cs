using TailSplit.Core.Listing;
using TailSplit.Core.Model;
using TailSplit.Core.Rules;
using TailSplit.Core.Tracing.Native;

namespace TailSplit.Core.Tracing.Walk;

/// <summary>The chains of nft that IPv4 or IPv6 packets cross.</summary>
internal sealed class NativeChains(IpFamily family, NativeFields fields, AddressTypes types)
{
    private readonly Dictionary<(NativeTable, string), TraceChain?> _found = [];

    /// <summary>The base chains of all active tables, except those that iptables shows.</summary>
    /// <param name="ruleset">What nft sees.</param>
    /// <param name="iptables">The store of iptables that is in nf_tables too.</param>
    public IEnumerable<BaseChain> Of(NativeRuleset ruleset, IptablesStore iptables)
    {
        foreach (NativeTable table in ruleset.Tables.Where(table => table.Concerns(family) && table.IsDormant == false))
        {
            foreach (NativeChain chain in table.Chains)
            {
                if (chain.Hook is NativeHook hook && HookOf(hook) is Hook at && !IptablesChains.Has(table, chain))
                {
                    TraceChain rules = table.IsIptables && iptables.Table(table.Name) is IptablesTraceTable shared
                        ? Of(table, chain, shared.Find)
                        : Find(table, chain.Name)!;
                    yield return Base(rules, table, hook, at);
                }
            }
        }
    }

    /// <summary>A chain, whose jumps lead to what <paramref name="find"/> finds.</summary>
    public TraceChain Of(NativeTable table, NativeChain chain, Func<string, TraceChain?> find) =>
        new NativeTraceChain(table, chain, new NativeEvaluator(new NativeValues(table, fields), types), find);

    /// <summary>A chain that jumps to those of its own table.</summary>
    public TraceChain? Find(NativeTable table, string name)
    {
        if (!_found.TryGetValue((table, name), out TraceChain? found))
        {
            _found[(table, name)] = found =
                table.Chain(name) is NativeChain chain ? Of(table, chain, other => Find(table, other)) : null;
        }

        return found;
    }

    private static BaseChain Base(TraceChain chain, NativeTable table, NativeHook hook, Hook at) => new(
        chain, at, hook.Priority, hook.Type == "nat", $"nft {table} {chain.Name}")
    {
        DropPolicy = hook.Drops
            ? new TraceStep
            {
                Layer = RuleLayer.Firewall,
                Table = table.ToString(),
                Chain = chain.Name,
                IsOwn = table.IsOwn,
                CommandLine = NativeTraceChain.Command($"chain {table} {chain.Name} {{ policy drop; }}"),
                Matched = true,
                Effect = TraceStep.DropPolicy,
            }
            : null,
    };

    private static Hook? HookOf(NativeHook hook) => hook.Name switch
    {
        "prerouting" => Hook.Prerouting,
        "input" => Hook.Input,
        "forward" => Hook.Forward,
        "postrouting" => Hook.Postrouting,
        _ => null,
    };
}
