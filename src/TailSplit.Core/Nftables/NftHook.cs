using System.Globalization;

namespace TailSplit.Core.Nftables;

/// <summary>The hook that a base chain is attached to (nft(8), base chains). Its policy is always accept.</summary>
/// <param name="Type"><c>filter</c> or <c>nat</c>.</param>
/// <param name="Name">The hook of netfilter: <c>forward</c>.</param>
/// <param name="Priority">The name of a standard priority: <c>mangle</c>.</param>
/// <param name="Offset">Added to the priority. A lower one runs earlier.</param>
public sealed record NftHook(string Type, string Name, string Priority, int Offset)
{
    /// <summary>
    /// The priority as a number, as the kernel has it (linux/netfilter_ipv4.h, nf_ip_hook_priorities).
    /// </summary>
    public int Number => Offset + Priority switch
    {
        "raw" => -300,
        "mangle" => -150,
        "dstnat" => -100,
        "filter" => 0,
        "security" => 50,
        "srcnat" => 100,
        _ => throw new InvalidOperationException($"'{Priority}' is no standard priority of the inet family."),
    };

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"type {Type} hook {Name} priority {Priority} {(Offset < 0 ? '-' : '+')} {Math.Abs(Offset)}; policy accept;");
}
