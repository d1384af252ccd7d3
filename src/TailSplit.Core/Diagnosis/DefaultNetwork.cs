using System.Net;
using TailSplit.Core.Hosts;
using TailSplit.Core.Model;

namespace TailSplit.Core.Diagnosis;

/// <summary>Finds the network of a container's default gateway, which can differ by family.</summary>
internal static class DefaultNetwork
{
    /// <summary>The families in which a container has its default gateway on this network.</summary>
    public static IEnumerable<IpFamily> Families(DockerContainer container, DockerNetwork network, Host host) =>
        IpFamilies.All.Where(family => Of(container, family, host)?.IsOn(network) == true);

    /// <summary>
    /// By the container's kernel; if that can't be seen, by Docker's own order (moby libnetwork/sandbox.go,
    /// Endpoint.Less; of each family the first that has a gateway: getGatewayEndpoint).
    /// </summary>
    public static ContainerEndpoint? Of(DockerContainer container, IpFamily family, Host host)
    {
        if (host.Containers.Gateways.TryGetValue(container.Id, out ContainerGateways? gateways))
        {
            if (gateways.Of(family) is not IPAddress gateway)
                return null;

            if (container.Networks.FirstOrDefault(endpoint => gateway.Equals(endpoint.GatewayOf(family)))
                is ContainerEndpoint found)
                return found;
        }

        return container.Networks
            .Where(endpoint => endpoint.GatewayOf(family) is not null)
            .OrderByDescending(endpoint => endpoint.Priority)
            .ThenBy(endpoint => host.Containers.Networks.Any(network => endpoint.IsOn(network) && network.Internal))
            .ThenByDescending(endpoint => endpoint is { Gateway: not null, GatewayIPv6: not null })
            .ThenBy(endpoint => endpoint.Network, StringComparer.Ordinal)
            .FirstOrDefault();
    }
}
