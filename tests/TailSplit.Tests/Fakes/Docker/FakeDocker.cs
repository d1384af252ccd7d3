using System.Text.Json;
using System.Text.Json.Nodes;
using TailSplit.Execution.Programs;

namespace TailSplit.Tests.Fakes.Docker;

/// <summary>The Docker daemon, and the program <c>docker</c>.</summary>
internal sealed class FakeDocker
{
    private const string Down = "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker "
        + "daemon running?";

    private static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true };

    public List<FakeNetwork> Networks { get; } = [];

    /// <summary>What is special about a container; the others only have their networks.</summary>
    public Dictionary<string, FakeContainer> Special { get; } = new(StringComparer.Ordinal);

    public bool IsRunning { get; set; } = true;

    /// <summary>What it prints instead of JSON, as an unknown version might.</summary>
    public string? Garbage { get; set; }

    public string Version { get; set; } = "28.5.2";

    /// <summary>Where the client finds the daemon.</summary>
    public string Endpoint { get; set; } = "unix:///var/run/docker.sock";

    /// <summary>The name of the host on which the daemon runs.</summary>
    public string HostName { get; set; } = Environment.MachineName;

    public string OperatingSystem { get; set; } = "Debian GNU/Linux 13 (trixie)";

    public string[] SecurityOptions { get; set; } = ["name=apparmor", "name=seccomp,profile=builtin", "name=cgroupns"];

    /// <summary>What docker info prints instead; null for the usual.</summary>
    public string? InfoText { get; set; }

    public string FirewallBackend { get; set; } = "iptables";

    public string Run(ProgramCall call) => call.Arguments switch
    {
        // Of the client alone, so it needs no daemon.
        ["context", "inspect"] => new JsonArray(new JsonObject
        {
            ["Name"] = "default",
            ["Endpoints"] = new JsonObject { ["docker"] = new JsonObject { ["Host"] = Endpoint } },
        }).ToJsonString(s_indented) + "\n",
        ["info", "--format", "{{json .}}"] when InfoText is not null => InfoText,
        ["network", "ls", "--quiet", "--no-trunc"] => IsRunning
            ? string.Concat(Networks.Select(network => network.Id + "\n"))
            : throw new ToolFailure(1, Down),
        ["info", "--format", "{{json .}}"] => Info().ToJsonString() + "\n",
        ["ps", "--quiet", "--no-trunc"] => IsRunning
            ? string.Concat(Containers.Select(container => container.Id + "\n"))
            : throw new ToolFailure(1, Down),
        ["container", "inspect", "--", .. { Length: > 0 } ids] => InspectContainers([.. ids]),
        ["network", "inspect", "--", .. { Length: > 0 } names] => Inspect([.. names]),
        _ => throw new ToolFailure(125, $"unknown command: {call}\n\nRun 'docker --help' for more information"),
    };

    // Without a daemon, what the client knows of itself, and exit code 1.
    private JsonObject Info() => IsRunning
        ? new JsonObject
        {
            ["ID"] = "0b5ea4a0",
            ["ServerVersion"] = Version,
            [nameof(FirewallBackend)] = new JsonObject { ["Driver"] = FirewallBackend },
            [nameof(SecurityOptions)] = new JsonArray([.. SecurityOptions.Select(option => (JsonNode?)option)]),
            [nameof(OperatingSystem)] = OperatingSystem,
            ["Name"] = HostName,
        }
        : throw new ToolFailure(
            1, Down,
            new JsonObject { ["ServerVersion"] = "", ["ServerErrors"] = new JsonArray(Down) }.ToJsonString() + "\n");

    private IEnumerable<FakeContainer> Containers => Networks
        .SelectMany(network => network.Containers)
        .Concat(Special.Keys)
        .Distinct()
        .Select(name => Special.GetValueOrDefault(name) ?? new FakeContainer(name));

    private string InspectContainers(string[] ids)
    {
        JsonArray json = [.. Containers
            .Where(container => ids.Contains(container.Id))
            .Select(
                container => container.Json(Networks.Where(network => network.Containers.Contains(container.Name))))];
        string output = json.ToJsonString(s_indented) + "\n";
        return json.Count == ids.Length
            ? output
            : throw new ToolFailure(1, "Error response from daemon: No such container: " + ids[0], output);
    }

    // Prints what it finds, then says what it did not find.
    private string Inspect(string[] names)
    {
        if (!IsRunning)
            throw new ToolFailure(1, Down, "[]\n");

        if (Garbage is not null)
            return Garbage;

        if (names.FirstOrDefault(name => Networks.Count(network => network.Name == name) > 1) is string twice)
        {
            throw new ToolFailure(
                1, $"Error response from daemon: network {twice} is ambiguous ({Networks.Count(network => network.Name == twice)} matches found on name)",
                "[]\n");
        }

        FakeNetwork?[] found = [.. names.Select(Find)];
        JsonArray json = [.. found.OfType<FakeNetwork>().Select(network => network.Json())];
        string output = json.ToJsonString(s_indented) + "\n";
        string[] errors = [.. names
            .Where((_, index) => found[index] is null)
            .Select(name => $"Error response from daemon: network {name} not found")];
        return errors.Length == 0 ? output : throw new ToolFailure(1, string.Join('\n', errors), output);
    }

    private FakeNetwork? Find(string name) =>
        Networks.Find(network => network.Name == name || network.Id == name)
        ?? Networks.Find(network => network.Id.StartsWith(name, StringComparison.Ordinal));
}
