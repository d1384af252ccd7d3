using System.Text.Json;
using System.Text.Json.Nodes;
using TailSplit.Execution.Programs;
using TailSplit.Tests.Fakes.Docker;

namespace TailSplit.Tests.Fakes.Podman;

/// <summary>The program <c>podman</c>, as root. By itself it is not installed.</summary>
internal sealed class FakePodman
{
    private static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true };

    public bool IsInstalled { get; set; }

    public List<FakeNetwork> Networks { get; } = [];

    /// <summary>What it says instead of answering; null where it answers.</summary>
    public string? Trouble { get; set; }

    /// <summary>What <c>network ls</c> prints instead, as another version might.</summary>
    public string? Garbage { get; set; }

    public string Run(ProgramCall call) => Trouble is not null
        ? throw new ToolFailure(125, Trouble)
        : call.Arguments switch
        {
            ["--remote=false", "network", "ls", "--format", "json"] => Garbage ?? List(Networks.Select(Network)),
            ["--remote=false", "ps", "--format", "json"] => List(Containers.Select(name => (JsonNode)new JsonObject
            {
                ["Id"] = new FakeContainer(name).Id,
                ["Names"] = new JsonArray(name),
                [nameof(Networks)] = new JsonArray([.. NetworksOf(name).Select(network => (JsonNode?)network.Name)]),
                ["State"] = "running",
            })),
            ["--remote=false", "ps", "--quiet", "--no-trunc"] =>
                string.Concat(Containers.Select(name => new FakeContainer(name).Id + "\n")),
            ["--remote=false", "container", "inspect", "--", .. { Length: > 0 } ids] => List(Containers
                .Where(name => ids.Contains(new FakeContainer(name).Id))
                .Select(Inspected)),
            _ => throw new ToolFailure(125, $"Error: unrecognized command `{call}`"),
        };

    private IEnumerable<string> Containers => Networks.SelectMany(network => network.Containers).Distinct();

    private IEnumerable<FakeNetwork> NetworksOf(string name) =>
        Networks.Where(network => network.Containers.Contains(name));

    // Podman has the name of the network where Docker has its id.
    private JsonNode Inspected(string name)
    {
        JsonObject json = new FakeContainer(name) { NetworkMode = "bridge" }.Json(NetworksOf(name));
        json["Name"] = name;
        json["ResolvConfPath"] = $"/run/containers/{name}/resolv.conf";
        foreach (FakeNetwork network in NetworksOf(name))
            json["NetworkSettings"]![nameof(Networks)]![network.Name]!["NetworkID"] = network.Name;

        return json;
    }

    private static string List(IEnumerable<JsonNode> items) =>
        new JsonArray([.. items]).ToJsonString(s_indented) + "\n";

    /// <summary>As <c>podman network ls --format json</c> prints it (Podman 4.3).</summary>
    private static JsonNode Network(FakeNetwork network) => new JsonObject
    {
        ["name"] = network.Name,
        ["id"] = network.Id,
        ["driver"] = network.Driver,
        ["network_interface"] = network.Bridge,
        ["created"] = "2026-01-05T10:00:00.123456789Z",
        ["subnets"] = new JsonArray([.. network.Subnet.Zip(network.GatewayAddresses, (subnet, gateway) =>
            (JsonNode?)new JsonObject { ["subnet"] = subnet, ["gateway"] = gateway.Split('/')[0] })]),
        ["ipv6_enabled"] = network.Subnet.Any(subnet => subnet.Contains(':', StringComparison.Ordinal)),
        ["internal"] = network.Internal,
        ["dns_enabled"] = true,
        ["labels"] = new JsonObject(network.Labels.Select(label => KeyValuePair.Create(label.Key, (JsonNode?)label.Value))),
        ["ipam_options"] = new JsonObject { ["driver"] = "host-local" },
    };
}
