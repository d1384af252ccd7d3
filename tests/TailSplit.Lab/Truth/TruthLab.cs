namespace TailSplit.Lab.Truth;

/// <summary>A lab as it comes, with one ordinary network of both families and a container in it.</summary>
public sealed class TruthLab() : LabFixture(new())
{
    public const int Published = 8080;

    public Container Box { get; private set; } = null!;

    public DockerNetwork Network { get; private set; } = null!;

    protected override async Task Prepare(Lab lab)
    {
        Network = await lab.CreateNetwork("ordinary", new() { Subnet = "172.30.0.0/24", SubnetV6 = "fd00:d:30::/64" });
        Box = await lab.RunContainer("box", new() { Networks = ["ordinary"], Publish = [$"{Published}:80"] });
    }
}
