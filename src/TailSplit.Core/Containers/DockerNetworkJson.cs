using System.Collections.Immutable;
using System.Text.Json;
using TailSplit.Core.Errors;
using TailSplit.Core.Json;
using TailSplit.Core.Model;

namespace TailSplit.Core.Containers;

/// <summary>Reads <c>docker network inspect</c> (moby api/types/network: Inspect).</summary>
public static class DockerNetworkJson
{
    private const string BridgeNameOption = "com.docker.network.bridge.name";

    private const string InhibitOption = "com.docker.network.bridge.inhibit_ipv4";

    private const string PastRules = "its frames leave by the bridge and bypass routing and firewall";

    // moby libnetwork/drivers/bridge/bridge_linux.go: a bridge without a name of its own is "br-" and 12 of the id.
    private const int IdCharactersInBridgeName = 12;

    /// <exception cref="TailSplitException">UnreadableOutput.</exception>
    public static ImmutableArray<DockerNetwork> Parse(string json) =>
        JsonText.ReadList("docker network inspect", json, Read);

    private static DockerNetwork? Read(JsonElement element)
    {
        // podman-docker: the same command line, lower-case keys, the bridge by name (podman-network-inspect(1)).
        if (element.Text("name") is not null && element.Text("id") is not null)
            throw Failures.DockerIsPodman(element.Text("network_interface")).ToException();

        if (element.Text("Name") is not string name || element.Text("Id") is not string id)
            return null;

        string driver = element.Text("Driver") ?? "";
        JsonElement[] configs = element.Property("IPAM") is JsonElement ipam ? [.. ipam.Items("Config")] : [];
        NetworkSubnets subnets = NetworkSubnets.Read(
            [.. configs.Select(config => (config.Text("Subnet"), config.Text("Gateway")))]);
        return new DockerNetwork
        {
            Name = name,
            Id = id,
            Driver = driver,
            Bridge = driver == "bridge" ? BridgeOf(element, id) : null,
            Subnet = subnets.Subnets,
            Gateway = subnets.Gateways,
            Trouble = subnets.Trouble ?? ForeignGateway(element, configs),
            IPv6 = element.Flag("EnableIPv6"),
            Internal = element.Flag("Internal"),
            IsRouted = element.Members("Options").Any(IsRouting),
            Labels = LabelsOf(element),
            Containers = [.. element.Members("Containers")
                .Select(container => container.Value.Text("Name"))
                .OfType<string>()
                .Order(StringComparer.Ordinal)],
        };
    }

    // Containers then send to a gateway that is another machine: their frames leave by a port of the bridge, and cross
    // neither routing nor the firewall of this host (moby libnetwork/drivers/bridge: DefaultGatewayV4AuxKey and
    // InhibitIPv4).
    private static string? ForeignGateway(JsonElement element, JsonElement[] configs)
    {
        if (element.Members("Options").Any(option => option.Name == InhibitOption && IsTrue(option.Value.ToString())))
            return $"its gateway is not this host (inhibit_ipv4): {PastRules}";

        foreach (JsonElement config in configs)
        {
            foreach (JsonProperty other in config.Members("AuxiliaryAddresses")
                .Where(other => other.Name is "DefaultGatewayIPv4" or "DefaultGatewayIPv6"))
            {
                string address = other.Value.ToString();
                if (address.Length > 0 && address != config.Text("Gateway"))
                    return $"its gateway {QuotedText.Of(address)} ({other.Name}) is not this host: {PastRules}";
            }
        }

        return null;
    }

    // strconv.ParseBool, by which Docker reads options.
    private static bool IsTrue(string text) => text is "1" or "t" or "T" or "true" or "True" or "TRUE";

    private static ImmutableSortedDictionary<string, string> LabelsOf(JsonElement element)
    {
        ImmutableSortedDictionary<string, string>.Builder labels =
            ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (JsonProperty label in element.Members("Labels"))
            labels[label.Name] = label.Value.ToString();

        return labels.ToImmutable();
    }

    // moby libnetwork/drivers/bridge/bridge_linux.go: parseLabel.
    private static bool IsRouting(JsonProperty option) => (option.Name, option.Value.ToString()) is
        ("com.docker.network.bridge.enable_ip_masquerade", "0" or "f" or "F" or "false" or "False" or "FALSE")
        or ("com.docker.network.bridge.gateway_mode_ipv4", "routed");

    private static string? BridgeOf(JsonElement element, string id)
    {
        string? given = element.Members("Options")
            .Where(option => option.Name == BridgeNameOption)
            .Select(option => option.Value.ToString())
            .FirstOrDefault(name => name.Length > 0);
        return given ?? (id.Length >= IdCharactersInBridgeName ? $"br-{id[..IdCharactersInBridgeName]}" : null);
    }
}
