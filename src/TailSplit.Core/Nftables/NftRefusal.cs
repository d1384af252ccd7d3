namespace TailSplit.Core.Nftables;

/// <summary>What nft prints when it can't reach nf_tables.</summary>
public static class NftRefusal
{
    /// <summary>
    /// Whether the kernel has no nf_tables, and so no rules there (linux net/netfilter/nfnetlink.c: nfnetlink_rcv_msg;
    /// an nft that dies prints something else).
    /// </summary>
    public static bool SaysThatTheKernelHasNone(string complaint) =>
        complaint.Contains("cache initialization failed", StringComparison.Ordinal)
        && (complaint.Contains("not supported", StringComparison.Ordinal)
            || complaint.Contains("Invalid argument", StringComparison.Ordinal));
}
