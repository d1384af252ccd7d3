using System.Collections.Immutable;
using System.Text.Json;
using TailSplit.Core.Json;
using TailSplit.Core.Model;

namespace TailSplit.Core.Containers;

/// <summary>
/// Reads Podman's containers: <c>podman ps --format json</c> and <c>podman container inspect</c>.
/// </summary>
public static class PodmanContainerJson
{
    // podman-inspect(1): the mode of every container on networks of netavark.
    private const string BridgeMode = "bridge";

    /// <summary>
    /// The names of the running containers by name of the network, of <c>podman ps --format json</c>.
    /// </summary>
    /// <exception cref="TailSplitException">UnreadableOutput.</exception>
    public static ILookup<string, string> Members(string json) => JsonText
        .ReadList("podman ps", json, ReadMember)
        .SelectMany(member => member.Networks, (member, network) => (member.Name, Network: network))
        .ToLookup(each => each.Network, each => each.Name, StringComparer.Ordinal);

    /// <summary>
    /// The containers of <c>podman container inspect</c>, which has Docker's keys but names networks where Docker has
    /// their ids.
    /// </summary>
    /// <param name="json">What podman printed.</param>
    /// <param name="networks">Podman's networks, for their ids.</param>
    /// <exception cref="TailSplitException">UnreadableOutput.</exception>
    public static ImmutableArray<DockerContainer> Parse(string json, ImmutableArray<DockerNetwork> networks) =>
        [.. DockerContainerJson.Parse(json).Select(container => WithIds(container, networks))];

    private static DockerContainer WithIds(DockerContainer container, ImmutableArray<DockerNetwork> networks) =>
        container with
        {
            Engine = ContainerEngine.Podman,
            NetworkMode = container.NetworkMode == BridgeMode && container.Networks is [ContainerEndpoint only]
                ? only.Network
                : container.NetworkMode,
            Networks =
            [
                .. container.Networks.Select(endpoint => endpoint with
                {
                    // The name is used if the network has no id: it was created after the list was read.
                    NetworkId = networks.FirstOrDefault(network => network.Name == endpoint.Network)?.Id
                        ?? endpoint.NetworkId,
                }),
            ],
        };

    private static Member? ReadMember(JsonElement element) => element.Texts("Names").FirstOrDefault() is string name
        ? new Member(name, [.. element.Texts("Networks")])
        : null;

    private sealed record Member(string Name, ImmutableArray<string> Networks);
}
