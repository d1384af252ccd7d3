
namespace TailSplit.Core.Iptables;

/// <summary>
/// The iptables tables that TailSplit writes, in the order in which they are committed: closing first.
/// </summary>
public enum IptablesTable
{
    Filter,
    Nat,
    Mangle,
}

/// <summary>The names of the tables as iptables writes them.</summary>
public static class IptablesTables
{
    public static IReadOnlyList<IptablesTable> All { get; } =
        [IptablesTable.Filter, IptablesTable.Nat, IptablesTable.Mangle];

    public static string NameOf(this IptablesTable table) => table switch
    {
        IptablesTable.Filter => "filter",
        IptablesTable.Nat => "nat",
        IptablesTable.Mangle => "mangle",
        _ => throw new ArgumentOutOfRangeException(nameof(table)),
    };
}
