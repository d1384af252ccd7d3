using TailSplit.Core.Model;

namespace TailSplit.Core.Iptables;

/// <summary>
/// The names of the iptables programs in use. The kernel enforces both stores, and a program sees only its own, so
/// TailSplit writes where Docker writes.
/// </summary>
public enum IptablesVariant
{
    /// <summary><c>iptables</c>, whatever store it has on this host.</summary>
    Default,

    /// <summary><c>iptables-nft</c>, with rules in nf_tables.</summary>
    Nft,

    /// <summary><c>iptables-legacy</c>, with rules in x_tables.</summary>
    Legacy,
}

/// <summary>The names of the programs.</summary>
public static class IptablesVariants
{
    /// <summary>The suffix in the program names of a variant, as in <c>iptables-legacy-save</c>.</summary>
    public static string Suffix(this IptablesVariant variant) => variant switch
    {
        IptablesVariant.Nft => "-nft",
        IptablesVariant.Legacy => "-legacy",
        _ => "",
    };

    /// <summary>The program of a family, as <c>ip6tables-legacy-save</c>.</summary>
    /// <param name="variant">The variant.</param>
    /// <param name="family">The family.</param>
    /// <param name="action">"-save", "-restore", or nothing.</param>
    public static string Program(this IptablesVariant variant, IpFamily family, string action = "") =>
        family.Iptables() + variant.Suffix() + action;
}
