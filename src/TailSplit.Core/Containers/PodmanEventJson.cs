using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using TailSplit.Core.Json;

namespace TailSplit.Core.Containers;

/// <summary>
/// Reads a line of <c>podman events --format json</c> (podman-events(1)). Podman reports the creation and removal of
/// networks from version 5.4 on (containers/podman#24412); earlier it reports only connections.
/// </summary>
public static class PodmanEventJson
{
    /// <summary>False for any other event, and for a line that can't be read.</summary>
    public static bool TryParse(string line, [NotNullWhen(true)] out NetworkEvent? parsed)
    {
        parsed = null;
        try
        {
            using JsonDocument document = JsonDocument.Parse(line);
            JsonElement root = document.RootElement;
            if (root.Text("Type") != "network" || root.Text("Status") is not string status)
                return false;

            parsed = new NetworkEvent(
                status == "remove" ? NetworkEvent.Destroyed : status, root.Text("network") ?? root.Text("Name") ?? "");
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
