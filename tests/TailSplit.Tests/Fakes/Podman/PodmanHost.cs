using TailSplit.Core.Model;
using TailSplit.Tests.Fakes.Docker;

namespace TailSplit.Tests.Fakes.Podman;

/// <summary>What Podman does to a fake host.</summary>
internal static class PodmanHost
{
    private const string Folder = "/etc/containers/networks";

    /// <summary>A network as people have it.</summary>
    public static FakeNetwork Media { get; } = new("films")
    {
        Subnet = ["10.89.0.0/24", "fd00:89::/64"],
        BridgeName = "podman1",
        Containers = ["player"],
    };

    /// <summary>Installs Podman, which has run as root.</summary>
    public static FakeHost UsePodman(this FakeHost host, params FakeNetwork[] networks)
    {
        host.Podman.IsInstalled = true;
        host.Files["/run/libpod/alive.lck"] = "";
        foreach (FakeNetwork network in networks)
            host.AddPodman(network);

        return host;
    }

    /// <summary><c>podman network create</c>, and the bridge that the first container brings.</summary>
    public static void AddPodman(this FakeHost host, FakeNetwork network)
    {
        host.Podman.Networks.Add(network);
        host.Files[$"{Folder}/{network.Name}.json"] = $$"""{"name":"{{network.Name}}","id":"{{network.Id}}"}""";
        if (network.Containers.Length == 0)
            return;

        host.Routes.AddLink(network.Bridge, [.. network.GatewayAddresses]);
        foreach (string subnet in network.Subnet)
            host.Routes.AddThrow(Cidr.Parse(subnet).Family, 52, subnet);
    }

    /// <summary><c>podman network rm</c>.</summary>
    public static void RemovePodman(this FakeHost host, FakeNetwork network)
    {
        host.Podman.Networks.Remove(network);
        host.Files.Remove($"{Folder}/{network.Name}.json");
        host.Routes.RemoveLink(network.Bridge);
    }

    /// <summary>The package podman-docker: the program <c>docker</c> is Podman.</summary>
    public static void CallItDocker(this FakeHost host)
    {
        host.Docker.Networks.Clear();
        host.Docker.InfoText = """{"host":{"arch":"amd64"},"version":{"APIVersion":"4.3.1","Version":"4.3.1"}}""";
    }
}
