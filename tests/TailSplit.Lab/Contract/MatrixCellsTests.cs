namespace TailSplit.Lab.Contract;

/// <summary>A run by pairs leaves out no pair. This needs no lab.</summary>
public sealed class MatrixCellsTests
{
    private static readonly int[][] s_pairs = [[0, 1], [0, 2], [0, 3], [1, 2], [1, 3], [2, 3]];

    [Fact]
    public void The_two_classes_of_a_layout_run_every_pair_of_store_rp_filter_lan_access_and_mechanism()
    {
        object[][] whole = [.. Rows("nft", MatrixCells.Whole()), .. Rows("legacy", MatrixCells.Whole())];
        object[][] run = [.. Rows("nft", MatrixCells.NfTablesPairs()), .. Rows("legacy", MatrixCells.LegacyPairs())];

        Assert.Equal(24, whole.Length);
        Assert.Equal(6, run.Length);
        Assert.All(
            s_pairs,
            pair => Assert.Equal(
                whole.Select(row => (row[pair[0]], row[pair[1]])).ToHashSet(),
                run.Select(row => (row[pair[0]], row[pair[1]])).ToHashSet()));
    }

    [Fact]
    public void Each_layout_has_a_class_for_each_store()
    {
        Type[] classes =
        [
            .. typeof(MatrixTests).Assembly.GetTypes()
                .Where(type => type.IsSubclassOf(typeof(MatrixTests)) && !type.IsAbstract),
        ];
        string[] nfTables = [.. Of<NfTablesMatrixTests>()];
        string[] legacy =
        [
            .. Of<LegacyMatrixTests>().Select(name => name.Replace("Legacy", "", StringComparison.Ordinal)),
        ];

        Assert.Equal(6, nfTables.Length);
        Assert.Equal(nfTables, legacy);

        IEnumerable<string> Of<T>() =>
            classes.Where(type => type.IsSubclassOf(typeof(T))).Select(type => type.Name).Order(StringComparer.Ordinal);
    }

    private static IEnumerable<object[]> Rows(string store, TheoryData<int, bool, string> cells) =>
        cells.Select(cell => (object[])[store, cell.Data.Item1, cell.Data.Item2, cell.Data.Item3]);
}
