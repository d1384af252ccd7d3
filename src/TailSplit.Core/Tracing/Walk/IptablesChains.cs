using TailSplit.Core.Listing;

namespace TailSplit.Core.Tracing.Walk;

/// <summary>
/// The chains of iptables that the kernel runs, and when (linux/netfilter_ipv4.h, nf_ip_hook_priorities).
/// </summary>
internal static class IptablesChains
{
    private static readonly (string Table, int Priority, Hook Hook, string Chain)[] s_all =
    [
        ("raw", -300, Hook.Prerouting, "PREROUTING"),
        ("mangle", -150, Hook.Prerouting, "PREROUTING"),
        ("mangle", -150, Hook.Input, "INPUT"),
        ("mangle", -150, Hook.Forward, "FORWARD"),
        ("mangle", -150, Hook.Postrouting, "POSTROUTING"),
        ("nat", -100, Hook.Prerouting, "PREROUTING"),
        ("nat", 100, Hook.Input, "INPUT"),
        ("nat", 100, Hook.Postrouting, "POSTROUTING"),
        ("filter", 0, Hook.Input, "INPUT"),
        ("filter", 0, Hook.Forward, "FORWARD"),
        ("security", 50, Hook.Input, "INPUT"),
        ("security", 50, Hook.Forward, "FORWARD"),
    ];

    /// <summary>Whether iptables has this base chain in a table of nf_tables, so that its save shows it.</summary>
    public static bool Has(NativeTable table, NativeChain chain) =>
        table.IsIptables && (chain.Name == "OUTPUT"
            || s_all.Any(known => known.Table == table.Name && known.Chain == chain.Name));

    /// <summary>The base chains of a store.</summary>
    /// <param name="store">What iptables-save and others say of it.</param>
    public static IEnumerable<BaseChain> Of(IptablesStore store)
    {
        foreach ((string table, int priority, Hook hook, string chain) in s_all)
        {
            if (store.Table(table)?.Find(chain) is TraceChain found)
            {
                yield return new BaseChain(found, hook, priority, table == "nat", $"{store.Program} -t {table} {chain}")
                {
                    DropPolicy = store.Table(table)!.PolicyOf(chain),
                };
            }
        }
    }

    /// <summary>What of a store can't be seen at a hook.</summary>
    public static IEnumerable<string> Unseen(IptablesStore store, Hook hook) => s_all
        .Where(known => known.Hook == hook)
        .Select(known => store.Unseen(known.Table))
        .OfType<string>();
}
