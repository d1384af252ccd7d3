namespace TailSplit.Core.Rules;

/// <summary>
/// The iptables tables that TailSplit writes, in the order in which they are committed: closing first.
/// </summary>
public enum FirewallTable
{
    Filter,
    Nat,
    Mangle,
}

/// <summary>The names of the tables as iptables writes them.</summary>
public static class FirewallTables
{
    public static IReadOnlyList<FirewallTable> All { get; } =
        [FirewallTable.Filter, FirewallTable.Nat, FirewallTable.Mangle];

    public static string NameOf(this FirewallTable table) => table switch
    {
        FirewallTable.Filter => "filter",
        FirewallTable.Nat => "nat",
        FirewallTable.Mangle => "mangle",
        _ => throw new ArgumentOutOfRangeException(nameof(table)),
    };
}
