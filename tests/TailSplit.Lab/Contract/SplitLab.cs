namespace TailSplit.Lab.Contract;

/// <summary>
/// A lab with the three networks of the contract: one to bypass, one to close, and one of other people's.
/// </summary>
public abstract class SplitLab(LabOptions options) : LabFixture(options)
{
    public const int MediaPort = 8081;
    public const int TorrentsPort = 8082;
    public const int PlainPort = 8083;

    public DockerNetwork MediaNetwork { get; private set; } = null!;

    public DockerNetwork TorrentsNetwork { get; private set; } = null!;

    public DockerNetwork PlainNetwork { get; private set; } = null!;

    public Container Media { get; private set; } = null!;

    public Container Torrents { get; private set; } = null!;

    public Container Plain { get; private set; } = null!;

    /// <summary>Runs a script at the host's prompt; errors and warnings fail the test.</summary>
    public async Task<string> Run(string script) => (await Lab.Shell.Run(script)).OrThrow().Output;

    /// <summary>Puts both policies in force, with these options, whatever was before.</summary>
    public async Task Apply(string bypass = "", string killswitch = "")
    {
        await Run($"Get-DockerNetwork media | New-TailSplitBypass -Force {bypass} | Out-Null");
        await Run($"Get-DockerNetwork torrents | New-TailSplitKillswitch -Force {killswitch} | Out-Null");
    }

    public Task Remove() => Run("Remove-TailSplitPolicy * | Out-Null");

    protected override async Task Prepare(Lab lab)
    {
        MediaNetwork = await lab.CreateNetwork(
            "media", new() { Subnet = "172.30.1.0/24", SubnetV6 = "2001:db8:d:1::/64" });
        TorrentsNetwork = await lab.CreateNetwork(
            "torrents", new() { Subnet = "172.30.2.0/24", SubnetV6 = "2001:db8:d:2::/64" });
        PlainNetwork = await lab.CreateNetwork(
            "plain", new() { Subnet = "172.30.3.0/24", SubnetV6 = "2001:db8:d:3::/64" });
        Media = await Start(lab, "media", MediaPort);
        Torrents = await Start(lab, "torrents", TorrentsPort);
        Plain = await Start(lab, "plain", PlainPort);
    }

    private static Task<Container> Start(Lab lab, string name, int port) =>
        lab.RunContainer(
            name, new() { Networks = [name], Publish = [$"{port}:80"], Capabilities = ["NET_ADMIN", "NET_RAW"] });
}
