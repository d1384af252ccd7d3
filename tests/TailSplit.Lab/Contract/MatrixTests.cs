namespace TailSplit.Lab.Contract;

/// <summary>
/// docs/traffic.md in every environment: rp_filter x LAN access x mechanism here, Tailscale's layout and the iptables
/// variant by class, both families, all destinations and published ports in each.
/// </summary>
public abstract class MatrixTests(SplitLab split)
{
    /// <summary>Every cell.</summary>
    public static TheoryData<int, bool, string> Cells()
    {
        TheoryData<int, bool, string> cells = [];
        foreach (int rpFilter in (int[])[0, 1, 2])
        {
            foreach (bool lanAccess in (bool[])[true, false])
            {
                cells.Add(rpFilter, lanAccess, "Mark");
                cells.Add(rpFilter, lanAccess, "Route");
            }
        }

        return cells;
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public Task The_contract_holds(int rpFilter, bool lanAccess, string mechanism) =>
        ContractCell.Check(split, rpFilter, lanAccess, mechanism);
}
