using TailSplit.Lab.Options;

namespace TailSplit.Lab.Podman;

/// <summary>
/// A host with Podman alone, whose name for Docker is Podman too: one network to bypass, one to close, and one of other
/// people's.
/// </summary>
public sealed class PodmanLab() : LabFixture(new() { HasDocker = false, HasPodman = true })
{
    public PodmanNetwork TorrentsNetwork { get; private set; } = null!;

    public Container Media { get; private set; } = null!;

    public Container Torrents { get; private set; } = null!;

    public Container Plain { get; private set; } = null!;

    public PodmanEngine Podman => Lab.Podman;

    /// <summary>Runs a script at the host's prompt; errors and warnings fail the test.</summary>
    public async Task<string> Run(string script) => (await Lab.Shell.Run(script)).OrThrow().Output;

    /// <summary>Takes every policy out of force, and turns the exit node off.</summary>
    public async Task Clear()
    {
        await Run("Remove-TailSplitPolicy * | Out-Null");
        await Lab.Tailscale.Set(new(ExitNode: false));
    }

    /// <summary>Only what is in the container's own network is asked for names, so that nothing warns.</summary>
    public Task<Container> RunIn(PodmanNetwork network, string name) => Podman.RunContainer(
        name, new() { Networks = [network.Name], Capabilities = ["NET_ADMIN", "NET_RAW"] });

    protected override async Task Prepare(Lab lab)
    {
        PodmanNetwork media = await lab.Podman.CreateNetwork("media", "172.30.1.0/24", "2001:db8:d:1::/64");
        TorrentsNetwork = await lab.Podman.CreateNetwork("torrents", "172.30.2.0/24", "2001:db8:d:2::/64");
        PodmanNetwork plain = await lab.Podman.CreateNetwork("plain", "172.30.3.0/24", "2001:db8:d:3::/64");
        Media = await lab.Podman.RunContainer("media", new() { Networks = [media.Name], Publish = ["8081:80"] });
        Torrents = await lab.Podman.RunContainer("torrents", new()
        {
            Networks = [TorrentsNetwork.Name],
            Publish = ["8082:80"],
            Capabilities = ["NET_ADMIN", "NET_RAW"],
        });
        Plain = await lab.Podman.RunContainer("plain", new() { Networks = [plain.Name] });
        lab.SetRpFilter(lab.RpFilter);
        await lab.Tailscale.RefreshNetworks();
        // The control of everything: without a policy, each family of each container leaves by the ISP, and by the exit
        // node where that is on.
        foreach ((bool exitNode, Way way) in ((bool, Way)[])[(true, Way.ExitNode), (false, Way.Isp)])
        {
            await lab.Tailscale.Set(new(ExitNode: exitNode));
            foreach (Container container in (Container[])[Media, Torrents, Plain])
            {
                await Expect.Goes(container, Place.Internet, way);
            }
        }
    }
}
