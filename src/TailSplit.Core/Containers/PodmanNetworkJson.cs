using System.Collections.Immutable;
using System.Text.Json;
using TailSplit.Core.Errors;
using TailSplit.Core.Json;
using TailSplit.Core.Model;

namespace TailSplit.Core.Containers;

/// <summary>
/// Reads <c>podman network ls --format json</c> and <c>podman network inspect</c>, which print the same objects
/// (podman-network-inspect(1); containers/common libnetwork/types: Network). They do not name the containers.
/// </summary>
public static class PodmanNetworkJson
{
    private const string Program = "podman network ls";

    /// <summary>The networks of a list.</summary>
    /// <param name="json">What podman printed.</param>
    /// <param name="members">The names of the running containers, by name of the network.</param>
    /// <exception cref="TailSplitException">UnreadableOutput, or PodmanTooOld: Podman 3 prints CNI's files.</exception>
    public static ImmutableArray<DockerNetwork> Parse(string json, ILookup<string, string> members) =>
        JsonText.ReadList(Program, json, element => Read(element, members));

    private static DockerNetwork? Read(JsonElement element, ILookup<string, string> members)
    {
        if (element.Property("CNIVersion") is not null || element.Property("cniVersion") is not null)
            throw Failures.PodmanTooOld().ToException();

        if (element.Text("name") is not string name || element.Text("id") is not string id)
            return null;

        string driver = element.Text("driver") ?? "";
        NetworkSubnets subnets = NetworkSubnets.Read(
            [.. element.Items("subnets").Select(each => (each.Text("subnet"), each.Text("gateway")))]);
        return new DockerNetwork
        {
            Engine = ContainerEngine.Podman,
            Name = name,
            Id = id,
            Driver = driver,
            Bridge = driver == "bridge" ? element.Text("network_interface") : null,
            Subnet = subnets.Subnets,
            Gateway = subnets.Gateways,
            Trouble = subnets.Trouble ?? Unmanaged(element),
            IPv6 = element.Flag("ipv6_enabled"),
            Internal = element.Flag("internal"),
            Labels = element.Members("labels").ToImmutableSortedDictionary(
                label => label.Name, label => label.Value.ToString(), StringComparer.Ordinal),
            Containers = [.. members[name].Order(StringComparer.Ordinal)],
        };
    }

    // podman-network-create(1), mode: Podman then uses an existing bridge, and neither routes nor translates.
    private static string? Unmanaged(JsonElement element) =>
        element.Property("options")?.Text("mode") == "unmanaged"
            ? "its gateway is not this host (mode=unmanaged): its frames leave by the bridge and bypass routing and " +
                "firewall"
            : null;
}
