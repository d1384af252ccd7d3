namespace TailSplit.Lab.Contract;

/// <summary>
/// The cells of the matrix: rp_filter x LAN access x mechanism. Each layout of Tailscale has one class for each
/// iptables store. The two classes together run every pair of store, rp_filter, LAN access and mechanism; with
/// <c>TAILSPLIT_LAB_FULL=1</c> each runs every cell.
/// </summary>
public static class MatrixCells
{
    public const string Mark = "Mark";
    public const string Route = "Route";

    /// <summary>What the classes for iptables-nft run.</summary>
    public static TheoryData<int, bool, string> OfNfTables() => IsFull ? Whole() : NfTablesPairs();

    /// <summary>What the classes for iptables-legacy run.</summary>
    public static TheoryData<int, bool, string> OfLegacy() => IsFull ? Whole() : LegacyPairs();

    public static TheoryData<int, bool, string> NfTablesPairs() =>
        new((0, true, Mark), (1, false, Route), (2, true, Route));

    public static TheoryData<int, bool, string> LegacyPairs() =>
        new((0, false, Route), (1, true, Mark), (2, false, Mark));

    public static TheoryData<int, bool, string> Whole() =>
        new(
            from rpFilter in (int[])[0, 1, 2]
            from lanAccess in (bool[])[true, false]
            from mechanism in (string[])[Mark, Route]
            select (rpFilter, lanAccess, mechanism));

    private static bool IsFull => Environment.GetEnvironmentVariable("TAILSPLIT_LAB_FULL") == "1";
}
