using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using TailSplit.Core.Json;

namespace TailSplit.Core.Containers;

/// <summary>
/// What an engine reports about a network, as <c>docker events --format '{{json .}}'</c> does in a line.
/// </summary>
/// <param name="Action">What happened: <c>create</c>, <c>destroy</c>, <c>connect</c>, <c>disconnect</c> and
/// others.</param>
/// <param name="Network">The network's name; its id where the event has no name.</param>
public sealed record NetworkEvent(string Action, string Network)
{
    internal const string Created = "create";
    internal const string Destroyed = "destroy";

    public bool IsCreation => Action == Created;

    public bool IsRemoval => Action == Destroyed;

    /// <summary>False for any other event, and for a line that can't be read.</summary>
    public static bool TryParse(string line, [NotNullWhen(true)] out NetworkEvent? parsed)
    {
        parsed = null;
        try
        {
            using JsonDocument document = JsonDocument.Parse(line);
            JsonElement root = document.RootElement;
            if (root.Text("Type") != "network"
                || root.Text("Action") is not string action
                || !root.TryGetProperty("Actor", out JsonElement actor))
                return false;

            string name = actor.Property("Attributes")?.Text("name") ?? actor.Text("ID") ?? "";
            parsed = new NetworkEvent(action, name);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
