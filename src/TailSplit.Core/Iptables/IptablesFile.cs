namespace TailSplit.Core.Iptables;

/// <summary>
/// The file that the programs of iptables link to. Since 1.8 each store has one for all its programs (netfilter.org,
/// iptables/xtables-nft-multi.c and iptables/xtables-legacy-multi.c), so its name says which store they use.
/// </summary>
public static class IptablesFile
{
    /// <summary>The store of a program.</summary>
    /// <param name="path">Its file behind all links; null if unknown.</param>
    /// <returns>Null for another file, such as a wrapper, whose version says it.</returns>
    public static FirewallStore? StoreOf(string? path) => Path.GetFileName(path) switch
    {
        "xtables-nft-multi" => FirewallStore.NfTables,
        "xtables-legacy-multi" => FirewallStore.Legacy,
        _ => null,
    };
}
