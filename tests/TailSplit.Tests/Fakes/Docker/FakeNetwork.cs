using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace TailSplit.Tests.Fakes.Docker;

/// <summary>A Docker network as the daemon has it.</summary>
internal sealed record FakeNetwork(string Name)
{
    public string Driver { get; init; } = "bridge";

    /// <summary>A recreated network has another id, and with it another bridge.</summary>
    public int Incarnation { get; init; }

    /// <summary>Each with its gateway: the first address.</summary>
    public string[] Subnet { get; init; } = [];

    /// <summary>The name of the bridge, where it is not made from the id.</summary>
    public string? BridgeName { get; init; }

    public bool Internal { get; init; }

    public string[] Containers { get; init; } = [];

    /// <summary>Options of the driver, besides the name of the bridge.</summary>
    public Dictionary<string, string> Options { get; init; } = [];

    /// <summary>As IPAM prints them: other addresses that are taken, such as DefaultGatewayIPv4.</summary>
    public Dictionary<string, string> Auxiliary { get; init; } = [];

    public Dictionary<string, string> Labels { get; init; } = [];

    public string Id => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{Name} {Incarnation}")));

    public string Bridge => BridgeName ?? $"br-{Id[..12]}";

    public IEnumerable<string> GatewayAddresses => Subnet.Select(subnet =>
        subnet.Contains(':', StringComparison.Ordinal)
            ? subnet.Replace("/", "1/", StringComparison.Ordinal)
            : subnet.Replace(".0/", ".1/", StringComparison.Ordinal));

    /// <summary>As <c>docker network inspect</c> prints it (Docker 28).</summary>
    public JsonObject Json() => new()
    {
        [nameof(Name)] = Name,
        [nameof(Id)] = Id,
        ["Created"] = "2026-01-05T10:00:00.123456789Z",
        ["Scope"] = Driver == "overlay" ? "swarm" : "local",
        [nameof(Driver)] = Driver,
        ["EnableIPv4"] = true,
        ["EnableIPv6"] = Subnet.Any(subnet => subnet.Contains(':', StringComparison.Ordinal)),
        ["IPAM"] = new JsonObject
        {
            [nameof(Driver)] = "default",
            [nameof(Options)] = Driver is "host" or "null" ? null : new JsonObject(),
            ["Config"] = Driver is "host" or "null" ? null : new JsonArray([.. Subnet.Zip(GatewayAddresses, Config)]),
        },
        [nameof(Internal)] = Internal,
        ["Attachable"] = false,
        ["Ingress"] = false,
        ["ConfigFrom"] = new JsonObject { ["Network"] = "" },
        ["ConfigOnly"] = false,
        [nameof(Containers)] = new JsonObject(Containers.Select(Container)),
        [nameof(Options)] = new JsonObject(Options
            .Concat(BridgeName is null ? [] : [KeyValuePair.Create("com.docker.network.bridge.name", BridgeName)])
            .Select(option => KeyValuePair.Create(option.Key, (JsonNode?)option.Value))),
        [nameof(Labels)] = new JsonObject(
            Labels.Select(label => KeyValuePair.Create(label.Key, (JsonNode?)label.Value))),
    };

    private JsonObject Config(string subnet, string gateway)
    {
        JsonObject config = new() { [nameof(Subnet)] = subnet, ["Gateway"] = gateway.Split('/')[0] };
        if (Auxiliary.Count > 0)
            config["AuxiliaryAddresses"] = new JsonObject(
                Auxiliary.Select(other => KeyValuePair.Create(other.Key, (JsonNode?)other.Value)));

        return config;
    }

    private static KeyValuePair<string, JsonNode?> Container(string name) => KeyValuePair.Create(
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name))),
        (JsonNode?)new JsonObject { [nameof(Name)] = name, ["MacAddress"] = "" });
}
