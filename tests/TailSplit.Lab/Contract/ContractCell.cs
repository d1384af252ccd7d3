
namespace TailSplit.Lab.Contract;

/// <summary>One cell of the matrix: the whole contract, in one environment.</summary>
internal static class ContractCell
{
    public static async Task Check(SplitLab split, int rpFilter, bool lanAccess, string mechanism)
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

        // The control: does the tunnel carry the host's own traffic? Strict rp_filter drops the tunnel's own packets
        // unless Tailscale sets src_valid_mark, which it does from 1.98 on; there the exit node is as good as down for
        // everybody.
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
