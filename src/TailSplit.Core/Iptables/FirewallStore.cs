namespace TailSplit.Core.Iptables;

/// <summary>One of the two places where the kernel keeps iptables rules. Both are always in force.</summary>
public enum FirewallStore
{
    /// <summary><c>iptables-nft</c>.</summary>
    NfTables,

    /// <summary><c>iptables-legacy</c>.</summary>
    Legacy,
}

/// <summary>Names that belong to a store.</summary>
public static class FirewallStores
{
    /// <summary>The other one of the two stores.</summary>
    public static FirewallStore Other(this FirewallStore store) =>
        store == FirewallStore.Legacy ? FirewallStore.NfTables : FirewallStore.Legacy;

    /// <summary>The variant of the programs that is named after a store.</summary>
    public static IptablesVariant Variant(this FirewallStore store) =>
        store == FirewallStore.Legacy ? IptablesVariant.Legacy : IptablesVariant.Nft;

    /// <summary>The part of the kernel: <c>x_tables</c> or <c>nf_tables</c>.</summary>
    public static string KernelName(this FirewallStore store) =>
        store == FirewallStore.Legacy ? "x_tables" : "nf_tables";
}
