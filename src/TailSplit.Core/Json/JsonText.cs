using System.Collections.Immutable;
using System.Text.Json;
using TailSplit.Core.Errors;

namespace TailSplit.Core.Json;

/// <summary>
/// Reads a list out of the JSON of another program; text that can't be read is a failure that names the program.
/// </summary>
internal static class JsonText
{
    /// <exception cref="TailSplitException">UnreadableOutput.</exception>
    public static ImmutableArray<T> ReadList<T>(string program, string json, Func<JsonElement, T?> read)
        where T : class
    {
        // iproute2 prints nothing at all for an empty list.
        if (string.IsNullOrWhiteSpace(json))
            return [];

        return Read(program, json, root =>
        {
            ImmutableArray<T>.Builder items = ImmutableArray.CreateBuilder<T>();
            foreach (JsonElement element in root.EnumerateArray())
            {
                if (read(element) is T item)
                    items.Add(item);
            }

            return items.DrainToImmutable();
        });
    }

    /// <summary>Reads the one value that a program printed.</summary>
    /// <exception cref="TailSplitException">UnreadableOutput.</exception>
    public static T Read<T>(string program, string json, Func<JsonElement, T> read)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            return read(document.RootElement);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException
            or KeyNotFoundException or OverflowException or ArgumentException)
        {
            throw Failures.UnreadableOutput(program, e.Message).ToException(e);
        }
    }

    /// <summary>A property's text; null for none.</summary>
    public static string? Text(this JsonElement element, string name) =>
        Property(element, name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

    public static bool Flag(this JsonElement element, string name) =>
        Property(element, name) is { ValueKind: JsonValueKind.True };

    /// <summary>A property's truth value; null for none, since an old version may leave it out.</summary>
    public static bool? Truth(this JsonElement element, string name) => Property(element, name)?.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => null,
    };

    /// <summary>The texts of a list.</summary>
    public static IEnumerable<string> Texts(this JsonElement element, string name) => Items(element, name)
        .Where(item => item.ValueKind == JsonValueKind.String)
        .Select(item => item.GetString()!);

    /// <summary>A property's value; null for none and for JSON's null.</summary>
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
