using TailSplit.Lab.Attacks;

namespace TailSplit.Lab.Probing;

/// <summary>The contract's networks with a container in each, and one for a killswitch in which nothing runs.</summary>
public sealed class ProbingLab() : AttackLab(new())
{
    /// <summary>A server of the lab's own internet, never the default.</summary>
    public static string Target { get; } = $"-ProbeTarget {Place.Internet.V4}, {Place.Internet.V6}";

    public DockerNetwork EmptyNetwork { get; private set; } = null!;

    /// <summary>A bypass and two killswitches in force, one of them of the network in which nothing runs.</summary>
    public async Task Given(bool exitNode)
    {
        await Lab.Tailscale.Set(new(ExitNode: exitNode));
        await Apply();
        await Run("Get-DockerNetwork empty | New-TailSplitKillswitch -Force | Out-Null");
    }

    /// <summary>What the probe says of policies: a row for each family, where all services fare alike.</summary>
    public async Task<ProbeRow[]> Probe(string policies = "*")
    {
        string rows = await Run(
            $"Test-TailSplitPolicy {policies} -Probe {Target} | Where-Object Check -eq Probe | " +
            "ForEach-Object { \"$($_.Status)|$($_.Policy)|$($_.Detail)|$($_.Remedy)\" }");
        return [.. rows.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(ProbeRow.Parse)];
    }

    protected override async Task Prepare(Lab lab)
    {
        await base.Prepare(lab);
        EmptyNetwork = await lab.CreateNetwork(
            "empty", new() { Subnet = "172.30.4.0/24", SubnetV6 = "2001:db8:d:4::/64" });
    }
}
