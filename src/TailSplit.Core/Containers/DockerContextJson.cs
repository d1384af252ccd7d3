using System.Text.Json;
using TailSplit.Core.Json;

namespace TailSplit.Core.Containers;

/// <summary>
/// Reads <c>docker context inspect</c>: the endpoint of the client's daemon, by DOCKER_HOST, DOCKER_CONTEXT or
/// <c>docker context use</c>.
/// </summary>
public static class DockerContextJson
{
    /// <returns>The endpoint, as unix:///var/run/docker.sock; null if the client does not print it.</returns>
    /// <exception cref="TailSplitException">UnreadableOutput.</exception>
    public static string? Endpoint(string json) => JsonText
        .ReadList("docker context inspect", json, Read)
        .FirstOrDefault();

    private static string? Read(JsonElement element) =>
        element.Property("Endpoints")?.Property("docker")?.Text("Host") is { Length: > 0 } host ? host : null;
}
