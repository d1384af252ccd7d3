using System.Text.Json;
using System.Text.RegularExpressions;
using TailSplit.Core.Desired;
using TailSplit.Core.Documents;
using TailSplit.Core.Model;
using Xunit;

namespace TailSplit.Tests.Guidelines;

/// <summary>docs/policy.schema.json, docs/policy-file.md and docs/labels.md say what the readers take.</summary>
public sealed class PolicyFilePageTests
{
    private static readonly string s_docs = Path.Combine(SourceTree.Root, "docs");

    private readonly JsonElement _schema =
        JsonDocument.Parse(File.ReadAllText(Path.Combine(s_docs, "policy.schema.json"))).RootElement;

    [Fact]
    public void The_schema_has_the_fields_that_are_read()
    {
        Assert.Equal(PolicyFields.OfDocument, Names(_schema));
        Assert.Equal(PolicyFields.OfTarget, Names(Definition("place")));
        Assert.Equal(PolicyFields.Of(PolicyKind.Killswitch), Names(Definition("killswitch")));
        Assert.Equal(PolicyFields.Of(PolicyKind.Bypass), Names(Definition("bypass")));
        Assert.All(
            (JsonElement[])[_schema, Definition("place"), Definition("killswitch"), Definition("bypass")],
            definition => Assert.False(definition.GetProperty("additionalProperties").GetBoolean()));
    }

    [Fact]
    public void The_schema_has_the_version_the_limit_and_the_choices_that_are_read()
    {
        JsonElement properties = _schema.GetProperty("properties");

        Assert.Equal(PolicyDocument.Version, properties.GetProperty("version").GetProperty("const").GetInt32());
        Assert.Equal(
            PolicyDocument.MostPolicies, properties.GetProperty("policies").GetProperty("maxItems").GetInt32());
        Assert.Equal(Enum.GetNames<BlockAction>(), Choices("killswitch", "action"), StringComparer.OrdinalIgnoreCase);
        Assert.Equal(Enum.GetNames<Mechanism>(), Choices("bypass", "mechanism"), StringComparer.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("a")]
    [InlineData("a.b_c-d")]
    [InlineData("-a")]
    [InlineData("a b")]
    [InlineData("br-0123456789ab")]
    [InlineData("a-name-of-sixteen")]
    [InlineData("")]
    public void The_schema_takes_the_names_that_are_read(string name)
    {
        Assert.Equal(PolicyName.TryParse(name, out _), Regex.IsMatch(name, Pattern("name")));
        Assert.Equal(InterfaceName.TryParse(name, out _), Regex.IsMatch(name, Pattern("interface")));
    }

    [Theory]
    [InlineData("labels")]
    [InlineData("file-0123abcd")]
    [InlineData("file-0123ABCD")]
    [InlineData("file-0123abcde")]
    [InlineData("hand")]
    public void The_schema_takes_the_origins_that_are_read(string origin) =>
        Assert.Equal(PolicyOrigin.TryParse(origin, out _), Regex.IsMatch(origin, Pattern("origin")));

    [Fact]
    public void The_page_lists_every_field()
    {
        string page = File.ReadAllText(Path.Combine(s_docs, "policy-file.md"));

        Assert.All(
            PolicyFields.OfDocument.Concat(PolicyFields.Of(PolicyKind.Killswitch)).Concat(PolicyFields.Of(PolicyKind.Bypass)).Distinct(),
            field => Assert.Contains($"`{field}`", page, StringComparison.Ordinal));
    }

    [Fact]
    public void The_example_of_the_page_can_be_read()
    {
        string page = File.ReadAllText(Path.Combine(s_docs, "policy-file.md"));
        string example = page.Split("```json\n")[1].Split("```")[0];

        Assert.Equal(
            3, PolicyDocumentReader.Read("example", System.Text.Encoding.UTF8.GetBytes(example)).Policies.Length);
    }

    [Fact]
    public void The_page_of_labels_lists_every_label()
    {
        string page = File.ReadAllText(Path.Combine(s_docs, "labels.md"));

        Assert.All(PolicyLabels.All, label => Assert.Contains($"| `{label}` |", page, StringComparison.Ordinal));
    }

    private JsonElement Definition(string name) => _schema.GetProperty("$defs").GetProperty(name);

    private string Pattern(string name) => Definition(name).GetProperty("pattern").GetString()!;

    private IEnumerable<string> Choices(string kind, string field) =>
        Definition(kind).GetProperty("properties").GetProperty(field)
            .GetProperty("enum").EnumerateArray().Select(choice => choice.GetString()!);

    private static IEnumerable<string> Names(JsonElement definition) =>
        definition.GetProperty("properties").EnumerateObject().Select(property => property.Name);
}
