using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace TailSplit.Tests.Fakes.Docker;

/// <summary>A running container as the daemon has it.</summary>
internal sealed record FakeContainer(string Name)
{
    public bool Privileged { get; init; }

    public string PidMode { get; init; } = "";

    /// <summary>Paths of the host that are mounted into it.</summary>
    public string[] Binds { get; init; } = [];

    public string[] CapAdd { get; init; } = [];

    /// <summary>As "0.0.0.0:8080:80/tcp".</summary>
    public string[] Publish { get; init; } = [];

    public string? NetworkMode { get; init; }

    public int Pid { get; init; } = 4711;

    /// <summary>By network, where it is not 0.</summary>
    public Dictionary<string, int> GatewayPriority { get; init; } = [];

    public string Id => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Name)));

    public string ResolvConf => $"/var/lib/docker/containers/{Id}/resolv.conf";

    /// <summary>As <c>docker container inspect</c> prints it (Docker 28), in short.</summary>
    public JsonObject Json(IEnumerable<FakeNetwork> networks) => new()
    {
        [nameof(Id)] = Id,
        [nameof(Name)] = $"/{Name}",
        ["State"] = new JsonObject { ["Status"] = "running", ["Running"] = true, [nameof(Pid)] = Pid },
        ["ResolvConfPath"] = ResolvConf,
        ["HostConfig"] = new JsonObject
        {
            [nameof(NetworkMode)] = NetworkMode ?? networks.FirstOrDefault()?.Name ?? "default",
            [nameof(CapAdd)] = CapAdd.Length == 0 ? null : new JsonArray(
                [.. CapAdd.Select(capability => (JsonNode?)$"CAP_{capability}")]),
            [nameof(Privileged)] = Privileged,
            [nameof(PidMode)] = PidMode,
        },
        ["Mounts"] = new JsonArray([.. Binds.Select(source => (JsonNode?)new JsonObject
        {
            ["Type"] = "bind",
            ["Source"] = source,
            ["Destination"] = source,
            ["Mode"] = "ro",
            ["RW"] = false,
        })]),
        ["NetworkSettings"] = new JsonObject
        {
            ["Ports"] = new JsonObject(Publish.Select(port => port.Split(':')).Select(port => KeyValuePair.Create(
                port[2], (JsonNode?)new JsonArray(new JsonObject { ["HostIp"] = port[0], ["HostPort"] = port[1] })))),
            ["Networks"] = new JsonObject(
                networks.Select(network => KeyValuePair.Create(network.Name, (JsonNode?)Endpoint(network)))),
        },
    };

    private JsonObject Endpoint(FakeNetwork network) => new()
    {
        ["NetworkID"] = network.Id,
        ["Gateway"] = GatewayOf(network, v6: false),
        ["IPv6Gateway"] = GatewayOf(network, v6: true),
        ["GwPriority"] = GatewayPriority.GetValueOrDefault(network.Name),
    };

    private static string GatewayOf(FakeNetwork network, bool v6) => network.GatewayAddresses
        .Select(gateway => gateway.Split('/')[0])
        .FirstOrDefault(gateway => gateway.Contains(':', StringComparison.Ordinal) == v6) ?? "";
}
