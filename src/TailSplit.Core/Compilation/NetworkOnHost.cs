using System.Net;
using TailSplit.Core.Kernel;
using TailSplit.Core.Model;

namespace TailSplit.Core.Compilation;

/// <summary>
/// Compares a Docker network with the interfaces of this host: its bridge, the ports of the bridge, and its gateways.
/// </summary>
public static class NetworkOnHost
{
    /// <summary>The network, with the reason why it can't have a policy, if any.</summary>
    public static DockerNetwork Examine(DockerNetwork network, IReadOnlyCollection<HostInterface> interfaces) =>
        network is { Driver: "bridge", Trouble: null, Bridge: string bridge } && interfaces.Count > 0
            && (!network.Internal || network.Engine == ContainerEngine.Podman)
            ? network with { Trouble = FindTrouble(network, bridge, interfaces) }
            : network;

    private static string? FindTrouble(
        DockerNetwork network, string bridge, IReadOnlyCollection<HostInterface> interfaces)
    {
        if (interfaces.FirstOrDefault(link => link.Name == bridge) is HostInterface link)
            return BridgePorts.WhyOpen(bridge, interfaces) ?? ForeignGateway(network, link);

        if (GatewayElsewhere(network, interfaces) is (string gateway, string other))
            return $"its bridge {bridge} is not an interface of this host, and its gateway {gateway} is on {other}: " +
                $"packets that enter by {other} bypass the rules";

        // Before Docker starts, the bridge does not exist and no container runs.
        return network.Containers.IsEmpty
            ? null
            : $"its containers run, and its bridge {bridge} is not an interface of this host";
    }

    // A bridge that somebody renamed, or one that is named otherwise than the daemon says, as Podman's are.
    private static (string Gateway, string Interface)? GatewayElsewhere(
        DockerNetwork network, IReadOnlyCollection<HostInterface> interfaces)
    {
        IPAddress[] gateways = [.. network.Gateway.Select(IPAddress.Parse)];
        foreach (HostInterface link in interfaces)
        {
            foreach (InterfaceAddress address in link.Addresses.Where(address => gateways.Contains(address.Address)))
                return (address.Address.ToString(), link.Name);
        }

        return null;
    }

    private static string? ForeignGateway(DockerNetwork network, HostInterface link)
    {
        IPAddress[] own = [.. link.Addresses.Select(address => address.Address)];
        IPAddress? other = network.Gateway
            .Select(IPAddress.Parse)
            .FirstOrDefault(gateway => IsUsed(network, gateway, own) && !own.Contains(gateway));
        return other is null
            ? null
            : $"its gateway {other} is not an address of this host on {link.Name}: frames to it leave by the " +
                "bridge and bypass routing and firewall";
    }

    // Docker ignores an IPv6 subnet of a network without IPv6; and where the kernel has IPv6 switched off on the
    // bridge, it has no address of it.
    private static bool IsUsed(DockerNetwork network, IPAddress gateway, IPAddress[] own) =>
        gateway.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork
        || (network.IPv6 && own.Any(address => address.AddressFamily == gateway.AddressFamily));
}
