using System.Collections.Immutable;
using System.Text.Json;

namespace TailSplit.Core.Text;

/// <summary>Reads a list out of the JSON of another program; what can't be read is a failure that names the program.</summary>
internal static class JsonText
{
    /// <exception cref="TailSplitException">UnreadableOutput.</exception>
    public static ImmutableArray<T> ReadList<T>(string program, string json, Func<JsonElement, T?> read)
        where T : class
    {
        // iproute2 prints nothing at all for an empty list.
        if (string.IsNullOrWhiteSpace(json))
            return [];

        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            ImmutableArray<T>.Builder items = ImmutableArray.CreateBuilder<T>();
            foreach (JsonElement element in document.RootElement.EnumerateArray())
            {
                if (read(element) is T item)
                    items.Add(item);
            }

            return items.DrainToImmutable();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or KeyNotFoundException or OverflowException or ArgumentException)
        {
            throw Failures.UnreadableOutput(program, e.Message).ToException(e);
        }
    }

    /// <summary>A property's text; null where there is none.</summary>
    public static string? Text(this JsonElement element, string name) =>
        Property(element, name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

    public static bool Flag(this JsonElement element, string name) =>
        Property(element, name) is { ValueKind: JsonValueKind.True };

    /// <summary>A property's value; null where there is none, or where it is JSON's null.</summary>
    public static JsonElement? Property(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object
        && element.TryGetProperty(name, out JsonElement value)
        && value.ValueKind is not (JsonValueKind.Null or JsonValueKind.Undefined)
            ? value
            : null;

    public static IEnumerable<JsonElement> Items(this JsonElement element, string name) =>
        Property(element, name) is { ValueKind: JsonValueKind.Array } value ? value.EnumerateArray() : [];

    public static IEnumerable<JsonProperty> Members(this JsonElement element, string name) =>
        Property(element, name) is { ValueKind: JsonValueKind.Object } value ? value.EnumerateObject() : [];
}
