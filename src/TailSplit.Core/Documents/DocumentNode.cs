using System.Collections.Immutable;
using System.Text.Json;
using TailSplit.Core.Errors;
using TailSplit.Core.Model;
using TailSplit.Core.Text;

namespace TailSplit.Core.Documents;

/// <summary>A JSON object of a policy document, strict: each field known, given once, and of its type.</summary>
internal sealed class DocumentNode
{
    private readonly Dictionary<string, JsonElement> _fields = new(StringComparer.Ordinal);

    /// <exception cref="TailSplitException">InvalidPolicyField: not an object, or a field occurs twice.</exception>
    public DocumentNode(string source, string path, JsonElement element)
    {
        Source = source;
        Path = path;
        if (element.ValueKind != JsonValueKind.Object)
            throw Failures.InvalidPolicyField(
                source,
                path.Length == 0 ? "the document" : path,
                $"it must be an object, not {NameOf(element)}").ToException();

        foreach (JsonProperty field in element.EnumerateObject())
        {
            if (!_fields.TryAdd(field.Name, field.Value))
                throw Failures.InvalidPolicyField(source, PathOf(field.Name), "it occurs twice").ToException();
        }
    }

    /// <summary>The name of the document in errors.</summary>
    public string Source { get; }

    /// <summary>Its place in the document, <c>policies[3].lastKnown</c>; empty for the document itself.</summary>
    public string Path { get; }

    public bool Has(string field) => _fields.ContainsKey(field);

    /// <exception cref="TailSplitException">UnknownPolicyField.</exception>
    public void Allow(ImmutableArray<string> known)
    {
        if (_fields.Keys.FirstOrDefault(field => !known.Contains(field)) is string unknown)
            throw Failures.UnknownPolicyField(Source, PathOf(unknown), string.Join(", ", known)).ToException();
    }

    public JsonElement Required(string field) =>
        _fields.TryGetValue(field, out JsonElement value) ? value : throw Wrong(field, "it is missing");

    public string? Text(string field)
    {
        if (!_fields.TryGetValue(field, out JsonElement value))
            return null;

        return value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : throw Wrong(field, $"it must be a text, not {NameOf(value)}");
    }

    public bool Flag(string field)
    {
        if (!_fields.TryGetValue(field, out JsonElement value))
            return false;

        return value.ValueKind is JsonValueKind.True or JsonValueKind.False
            ? value.GetBoolean()
            : throw Wrong(field, $"it must be true or false, not {NameOf(value)}");
    }

    public T Choice<T>(string field)
        where T : struct, Enum
    {
        if (Text(field) is not string text)
            return default;

        return ChoiceText.TryParse(text, out T value)
            ? value
            : throw Wrong(field, $"'{QuotedText.Of(text)}' is not one of {ChoiceText.List<T>()}");
    }

    public PolicyName? Name(string field) => Text(field) is string text
        ? PolicyName.TryParse(text, out PolicyName name, out string? reason)
            ? name
            : throw Wrong(field, $"'{QuotedText.Of(text)}': {reason}")
        : null;

    public InterfaceName? Interface(string field) => Text(field) is string text
        ? InterfaceName.TryParse(text, out InterfaceName name, out string? reason)
            ? name
            : throw Wrong(field, $"'{QuotedText.Of(text)}': {reason}")
        : null;

    public ImmutableArray<Cidr> Addresses(string field)
    {
        ImmutableArray<Cidr> addresses = Prefixes(field);
        return addresses.All(address => address.IsHost)
            ? addresses
            : throw Wrong(field, $"'{addresses.First(address => !address.IsHost)}' is a subnet, not an address");
    }

    public ImmutableArray<Cidr> Prefixes(string field)
    {
        if (!_fields.TryGetValue(field, out JsonElement list))
            return [];

        if (list.ValueKind != JsonValueKind.Array)
            throw Wrong(field, $"it must be a list, not {NameOf(list)}");

        List<Cidr> prefixes = [];
        foreach (JsonElement item in list.EnumerateArray())
        {
            string place = $"{field}[{prefixes.Count}]";
            if (item.ValueKind != JsonValueKind.String)
                throw Wrong(place, $"it must be a text, not {NameOf(item)}");

            if (!Cidr.TryParse(item.GetString(), out Cidr prefix, out string? reason))
                throw Wrong(place, $"'{QuotedText.Of(item.GetString())}': {reason}");

            prefixes.Add(prefix);
        }

        return Cidr.Normalise(prefixes);
    }

    public TailSplitException Wrong(string field, string reason) =>
        Failures.InvalidPolicyField(Source, PathOf(field), reason).ToException();

    private string PathOf(string field) => Path.Length == 0 ? field : $"{Path}.{field}";

    private static string NameOf(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.String => "a text",
        JsonValueKind.Number => "a number",
        JsonValueKind.True or JsonValueKind.False => "true or false",
        _ => "null",
    };
}
