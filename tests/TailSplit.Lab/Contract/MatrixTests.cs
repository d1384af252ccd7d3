namespace TailSplit.Lab.Contract;

/// <summary>
/// docs/traffic.md in every environment: rp_filter x LAN access x mechanism here, Tailscale's layout and the iptables
/// variant by class, both families, all destinations and published ports in each.
/// </summary>
public abstract class MatrixTests(SplitLab split)
{
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
    public async Task The_contract_holds(int rpFilter, bool lanAccess, string mechanism)
    {
        Lab lab = split.Lab;
        Survey survey = new(split);
        TailscaleState on = new(ExitNode: true, lanAccess);
        TailscaleState off = on with { ExitNode = false };
        await split.Remove();
        lab.SetRpFilter(rpFilter);
        await lab.Tailscale.Set(off);
        IReadOnlyDictionary<string, Way> ordinaryOff = await survey.OfOrdinary();
        await lab.Tailscale.Set(on);
        await lab.Tunnel.Prime();
        IReadOnlyDictionary<string, Way> ordinaryOn = await survey.OfOrdinary();

        // The control: does the tunnel carry the host's own traffic? Strict rp_filter drops the tunnel's own packets unless
        // Tailscale sets src_valid_mark, which it does from 1.98 on; there the exit node is as good as down for everybody.
        bool tunnelUp = (await Lab.Ask(lab.Host, Place.Tailnet.V4)).Way == Way.Tailnet;
        Assert.Equal(rpFilter != 1 || lab.Tailscale.Layout.SrcValidMark, tunnelUp);

        await split.Apply(bypass: $"-Mechanism {mechanism}");
        await survey.CheckPolicies("exit node on", on, tunnelUp);
        await survey.CheckOrdinary("exit node on", ordinaryOn);
        await PublishedPorts.Check(split, survey, allowPublishedPort: false, tunnelUp);

        await split.Apply(bypass: $"-Mechanism {mechanism}", killswitch: "-AllowPublishedPort");
        await survey.CheckPolicies("with published ports", on, tunnelUp);
        await PublishedPorts.Check(split, survey, allowPublishedPort: true, tunnelUp);

        await lab.Tailscale.Set(off);
        tunnelUp = (await Lab.Ask(lab.Host, Place.Tailnet.V4)).Way == Way.Tailnet;
        await survey.CheckPolicies("exit node off", off, tunnelUp);
        await survey.CheckOrdinary("exit node off", ordinaryOff);

        Assert.Empty(survey.Wrong);
    }
}
