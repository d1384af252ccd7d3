using System.Text.Json;
using System.Text.Json.Nodes;
using TailSplit.Execution;

namespace TailSplit.Tests.Fakes.Docker;

/// <summary>The Docker daemon, and the program <c>docker</c>.</summary>
internal sealed class FakeDocker
{
    private const string Down = "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?";

    private static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true };

    public List<FakeNetwork> Networks { get; } = [];

    public bool IsRunning { get; set; } = true;

    /// <summary>What it prints instead of JSON, as an unknown version might.</summary>
    public string? Garbage { get; set; }

    public string Run(ProgramCall call) => call.Arguments switch
    {
        ["network", "ls", "--quiet", "--no-trunc"] => IsRunning
            ? string.Concat(Networks.Select(network => network.Id + "\n"))
            : throw new ToolFailure(1, Down),
        ["network", "inspect", "--", .. { Length: > 0 } names] => Inspect([.. names]),
        _ => throw new ToolFailure(125, $"unknown command: {call}\n\nRun 'docker --help' for more information"),
    };

    // Prints what it finds, then says what it did not find.
    private string Inspect(string[] names)
    {
        if (!IsRunning)
            throw new ToolFailure(1, Down, "[]\n");

        if (Garbage is not null)
            return Garbage;

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
