using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Text.Json;
using TailSplit.Core.Json;
using TailSplit.Core.Model;

namespace TailSplit.Core.Containers;

/// <summary>Reads <c>docker container inspect</c> (moby api/types/container: InspectResponse).</summary>
public static class DockerContainerJson
{
    /// <exception cref="TailSplitException">UnreadableOutput.</exception>
    public static ImmutableArray<DockerContainer> Parse(string json) =>
        JsonText.ReadList("docker container inspect", json, Read);

    private static DockerContainer? Read(JsonElement element)
    {
        if (element.Text("Name") is not string name || element.Text("Id") is not string id)
            return null;

        JsonElement settings = element.Property("NetworkSettings") ?? default;
        JsonElement host = element.Property("HostConfig") ?? default;
        return new DockerContainer
        {
            Id = id,
            Name = name.TrimStart('/'),
            ProcessId = element.Property("State")?.Property("Pid")?.GetInt32() ?? 0,
            NetworkMode = host.Text("NetworkMode") ?? "",
            Networks =
            [
                .. settings.Members("Networks")
                    .Select(network => EndpointOf(network.Name, network.Value))
                    .OrderBy(network => network.Network, StringComparer.Ordinal),
            ],
            Privileged = host.Flag("Privileged"),
            SharesHostProcesses = host.Text("PidMode") == "host",
            HostPaths =
            [
                .. element.Items("Mounts")
                    .Where(mount => mount.Text("Type") == "bind")
                    .Select(mount => mount.Text("Source"))
                    .OfType<string>()
                    .Order(StringComparer.Ordinal)
            ],
            AddedCapabilities = [.. host.Texts("CapAdd").Select(WithoutPrefix)],
            Ports = [.. settings.Members("Ports").SelectMany(port => PortsOf(port.Name, port.Value)).Distinct()],
            ResolvConfPath = element.Text("ResolvConfPath") is { Length: > 0 } path ? path : null,
        };
    }

    private static ContainerEndpoint EndpointOf(string name, JsonElement endpoint) => new(
        name,
        AddressOf(endpoint.Text("Gateway")),
        AddressOf(endpoint.Text("IPv6Gateway")),
        endpoint.Property("GwPriority")?.GetInt32() ?? 0)
    {
        NetworkId = endpoint.Text("NetworkID") ?? "",
    };

    private static IEnumerable<PublishedPort> PortsOf(string containerPort, JsonElement bindings)
    {
        if (bindings.ValueKind != JsonValueKind.Array)
            yield break;

        foreach (JsonElement binding in bindings.EnumerateArray())
        {
            // "0.0.0.0" and "::" are all addresses of the host.
            IPAddress? address = AddressOf(binding.Text("HostIp"));
            if (address is not null && (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any)))
                address = null;

            if (int.TryParse(binding.Text("HostPort"), NumberStyles.None, CultureInfo.InvariantCulture, out int port))
                yield return new PublishedPort(address, port, containerPort);
        }
    }

    private static IPAddress? AddressOf(string? text) =>
        IPAddress.TryParse(text, out IPAddress? address) ? address : null;

    private static string WithoutPrefix(string capability) =>
        capability.StartsWith("CAP_", StringComparison.OrdinalIgnoreCase)
            ? capability[4..].ToUpperInvariant()
            : capability.ToUpperInvariant();
}
