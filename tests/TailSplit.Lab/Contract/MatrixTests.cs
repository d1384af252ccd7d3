namespace TailSplit.Lab.Contract;

/// <summary>
/// docs/traffic.md in every environment: the cells of <see cref="MatrixCells"/>, Tailscale's layout and the iptables
/// store by class, both families, all destinations and published ports in each.
/// </summary>
public abstract class MatrixTests(SplitLab split)
{
    protected Task Check(int rpFilter, bool lanAccess, string mechanism) =>
        ContractCell.Check(split, rpFilter, lanAccess, mechanism);
}

public abstract class NfTablesMatrixTests(SplitLab split) : MatrixTests(split)
{
    [Theory]
    [MemberData(nameof(MatrixCells.OfNfTables), MemberType = typeof(MatrixCells))]
    public Task The_contract_holds(int rpFilter, bool lanAccess, string mechanism) =>
        Check(rpFilter, lanAccess, mechanism);
}

public abstract class LegacyMatrixTests(SplitLab split) : MatrixTests(split)
{
    [Theory]
    [MemberData(nameof(MatrixCells.OfLegacy), MemberType = typeof(MatrixCells))]
    public Task The_contract_holds(int rpFilter, bool lanAccess, string mechanism) =>
        Check(rpFilter, lanAccess, mechanism);
}
