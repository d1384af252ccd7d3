using System.Net;
using TailSplit.Core.Model;

namespace TailSplit.Core.Diagnosis;

/// <summary>Which of its networks a container's default gateway is on.</summary>
internal static class DefaultNetwork
{
    /// <summary>
    /// As the container's kernel has it; where that can't be seen, as Docker chooses (moby libnetwork/sandbox.go,
    /// Endpoint.Less).
    /// </summary>
    public static string? Of(DockerContainer container, HostSnapshot host)
    {
        if (host.Gateways.TryGetValue(container.Id, out IPAddress? gateway)
            && container.Networks.FirstOrDefault(endpoint => gateway.Equals(endpoint.Gateway)) is ContainerEndpoint found)
        {
            return found.Network;
        }

        return container.Networks
            .Where(endpoint => endpoint.Gateway is not null || endpoint.GatewayIPv6 is not null)
            .OrderByDescending(endpoint => endpoint.Priority)
            .ThenBy(endpoint => host.Networks.Any(network => network.Name == endpoint.Network && network.Internal))
            .ThenByDescending(endpoint => endpoint is { Gateway: not null, GatewayIPv6: not null })
            .ThenBy(endpoint => endpoint.Network, StringComparer.Ordinal)
            .Select(endpoint => endpoint.Network)
            .FirstOrDefault();
    }
}
