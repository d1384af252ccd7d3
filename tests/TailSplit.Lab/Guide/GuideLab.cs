namespace TailSplit.Lab.Guide;

/// <summary>A lab with the guide's two networks, and a container with a published port in each.</summary>
public class GuideLab : LabFixture
{
    public const int BypassPort = 8080;
    public const int KillswitchPort = 8081;

    public GuideLab()
        : this(new LabOptions())
    {
    }

    protected GuideLab(LabOptions options)
        : base(options)
    {
    }

    public Container Bypassed { get; private set; } = null!;

    public Container Closed { get; private set; } = null!;

    protected override async Task Prepare(Lab lab)
    {
        await lab.CreateNetwork("open", new() { Subnet = GuideRules.BypassSubnet, SubnetV6 = "fd00:d:19::/64" });
        await lab.CreateNetwork(
            "closed",
            new() { Subnet = GuideRules.KillswitchSubnet, SubnetV6 = "fd00:d:18::/64", InterContainer = false });
        Bypassed = await lab.RunContainer("bypassed", new() { Networks = ["open"], Publish = [$"{BypassPort}:80"] });
        Closed = await lab.RunContainer("closed", new() { Networks = ["closed"], Publish = [$"{KillswitchPort}:80"] });
    }
}
