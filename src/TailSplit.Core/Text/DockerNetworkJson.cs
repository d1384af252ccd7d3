using System.Collections.Immutable;
using System.Text.Json;
using TailSplit.Core.Model;

namespace TailSplit.Core.Text;

/// <summary>Reads <c>docker network inspect</c> (moby api/types/network: Inspect).</summary>
public static class DockerNetworkJson
{
    private const string BridgeNameOption = "com.docker.network.bridge.name";

    // moby libnetwork/drivers/bridge/bridge_linux.go: a bridge without a name of its own is "br-" and 12 of the id.
    private const int IdCharactersInBridgeName = 12;

    /// <exception cref="TailSplitException">UnreadableOutput.</exception>
    public static ImmutableArray<DockerNetwork> Parse(string json) =>
        JsonText.ReadList("docker network inspect", json, Read);

    private static DockerNetwork? Read(JsonElement element)
    {
        if (element.Text("Name") is not string name || element.Text("Id") is not string id)
            return null;

        string driver = element.Text("Driver") ?? "";
        JsonElement[] configs = element.Property("IPAM") is JsonElement ipam ? [.. ipam.Items("Config")] : [];
        return new DockerNetwork
        {
            Name = name,
            Id = id,
            Driver = driver,
            Bridge = driver == "bridge" ? BridgeOf(element, id) : null,
            Subnet = [.. Cidr.Normalise(configs
                .Select(config => Cidr.TryParse(config.Text("Subnet"), out Cidr subnet) ? subnet : (Cidr?)null)
                .OfType<Cidr>())
                .Select(subnet => subnet.ToString())],
            Gateway = [.. configs.Select(config => config.Text("Gateway")).OfType<string>()],
            IPv6 = element.Flag("EnableIPv6"),
            Internal = element.Flag("Internal"),
            Labels = LabelsOf(element),
            Containers = [.. element.Members("Containers")
                .Select(container => container.Value.Text("Name"))
                .OfType<string>()
                .Order(StringComparer.Ordinal)],
        };
    }

    private static ImmutableSortedDictionary<string, string> LabelsOf(JsonElement element)
    {
        ImmutableSortedDictionary<string, string>.Builder labels =
            ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (JsonProperty label in element.Members("Labels"))
            labels[label.Name] = label.Value.ToString();

        return labels.ToImmutable();
    }

    private static string? BridgeOf(JsonElement element, string id)
    {
        string? given = element.Members("Options")
            .Where(option => option.Name == BridgeNameOption)
            .Select(option => option.Value.ToString())
            .FirstOrDefault(name => name.Length > 0);
        return given ?? (id.Length >= IdCharactersInBridgeName ? $"br-{id[..IdCharactersInBridgeName]}" : null);
    }
}
