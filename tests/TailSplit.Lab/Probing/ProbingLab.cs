using TailSplit.Lab.Contract;

namespace TailSplit.Lab.Probing;

/// <summary>The contract's networks with a container in each, and one for a killswitch in which nothing runs.</summary>
public sealed class ProbingLab() : SplitLab(new())
{
    /// <summary>Never 1.1.1.1: the lab's own server in the internet.</summary>
    public static string Targets { get; } = $"{Place.Internet.V4}, {Place.Internet.V6}";

    public DockerNetwork EmptyNetwork { get; private set; } = null!;

    protected override async Task Prepare(Lab lab)
    {
        await base.Prepare(lab);
        EmptyNetwork = await lab.CreateNetwork("empty", new() { Subnet = "172.30.4.0/24", SubnetV6 = "2001:db8:d:4::/64" });
    }
}
