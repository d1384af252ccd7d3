using TailSplit.Lab.Options;

namespace TailSplit.Lab.Podman;

/// <summary>A real dockerd and a real Podman on one host, with networks of the same name.</summary>
public sealed class BothEnginesTests
{
    [Fact]
    public async Task The_networks_of_two_engines_are_distinguished()
    {
        await using Lab lab = await LabFixture.StartOrSkip(new() { HasPodman = true });
        await lab.Tailscale.Set(new(ExitNode: false));
        DockerNetwork docker = await lab.CreateNetwork("same", new() { Subnet = "172.30.1.0/24", SubnetV6 = "2001:db8:d:1::/64" });
        PodmanNetwork podman = await lab.Podman.CreateNetwork("same", "172.30.2.0/24", "2001:db8:d:2::/64");
        Container ofDocker = await lab.RunIn(docker, "box");
        Container ofPodman = await lab.Podman.RunContainer("box", new() { Networks = ["same"] });
        lab.SetRpFilter(lab.RpFilter);
        await lab.Tailscale.RefreshNetworks();
        await Expect.Goes(ofDocker, Place.Internet, Way.Isp);
        await Expect.Goes(ofPodman, Place.Internet, Way.Isp);

        ShellResult ambiguous = await lab.Shell.Run("New-TailSplitKillswitch same");

        Assert.Contains($"{docker.Id} (Docker)", ambiguous.Error, StringComparison.Ordinal);
        Assert.Contains($"{podman.Id} (Podman)", ambiguous.Error, StringComparison.Ordinal);
        await Expect.Goes(ofDocker, Place.Internet, Way.Isp);
        await Expect.Goes(ofPodman, Place.Internet, Way.Isp);

        (await lab.Shell.Run(
            "Get-DockerNetwork same | Where-Object Engine -eq Podman | New-TailSplitKillswitch -WarningAction SilentlyContinue | Out-Null")).OrThrow();
        await Expect.Stops(ofPodman, Place.Internet);
        await Expect.Goes(ofDocker, Place.Internet, Way.Isp);
        (await lab.Shell.Run($"New-TailSplitKillswitch {docker.Id} -WarningAction SilentlyContinue | Out-Null")).OrThrow();
        await Expect.Stops(ofDocker, Place.Internet);
        Assert.Equal(
            "Active Active", (await lab.Shell.Run("(Get-TailSplitPolicy).State -join ' '")).OrThrow().Output.Trim());

        await lab.Docker.Stop();
        ShellResult listed = await lab.Shell.Run("(Get-DockerNetwork same).Engine");
        Assert.Equal("Podman", listed.Output.Trim());
        Assert.Contains("Docker daemon does not answer", listed.Error, StringComparison.Ordinal);
        await lab.Podman.RemoveContainer("box");
    }
}
