using System.Text.RegularExpressions;
using System.Xml.Linq;
using TailSplit.Core.Mapping;
using Xunit;

namespace TailSplit.Tests.Core.Mapping;

/// <summary>What holds for every drawing, whatever is on it.</summary>
public sealed class DrawingTests
{
    private static readonly XNamespace s_svg = "http://www.w3.org/2000/svg";

    public static TheoryData<string> Names { get; } = ["home", "crowded", "empty", "hostile"];

    [Theory]
    [MemberData(nameof(Names))]
    public void No_line_of_text_is_wider_than_100_columns_or_asked_for(string name)
    {
        Assert.All(Lines(100), line => Assert.InRange(line.Length, 0, 100));
        Assert.All(Lines(500), line => Assert.InRange(line.Length, 0, 100));
        Assert.All(Lines(80), line => Assert.InRange(line.Length, 0, 80));

        string[] Lines(int width) => TextMap.Draw(MapGoldenTests.Of(name), width).Split('\n');
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Colour_changes_nothing_but_colour(string name)
    {
        HostMap map = MapGoldenTests.Of(name);

        string painted = TextMap.Draw(map, paint: (tone, text) => $"\u001b[{(int)tone + 30}m{text}\u001b[0m");

        Assert.Equal(TextMap.Draw(map), Regex.Replace(painted, "\u001b\\[[0-9]+m", ""));
        Assert.Contains("\u001b[", painted, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_drawing_is_one_well_formed_file_that_needs_nothing_else(string name)
    {
        XElement svg = XDocument.Parse(MapFormats.Draw(MapGoldenTests.Of(name), MapFormat.Svg)).Root!;

        Assert.Equal(s_svg + "svg", svg.Name);
        Assert.Equal("img", svg.Attribute("role")?.Value);
        Assert.Equal("tailsplit-title tailsplit-desc", svg.Attribute("aria-labelledby")?.Value);
        Assert.NotEmpty(svg.Element(s_svg + "title")!.Value);
        Assert.NotEmpty(svg.Element(s_svg + "desc")!.Value);
        Assert.Contains("prefers-color-scheme: dark", svg.Element(s_svg + "style")!.Value, StringComparison.Ordinal);
        Assert.All(svg.DescendantsAndSelf(), element => Assert.Contains(
            element.Name.LocalName,
            (string[])["svg", "title", "desc", "style", "rect", "text", "path", "circle", "g"]));
        Assert.All(svg.DescendantsAndSelf().Attributes(), attribute => Assert.True(
            attribute.IsNamespaceDeclaration
            || attribute.Name.LocalName is not ("href" or "style" or "src")
            && !attribute.Name.LocalName.StartsWith("on", StringComparison.OrdinalIgnoreCase),
            attribute.ToString()));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Nothing_of_a_drawing_is_outside_the_page(string name)
    {
        XElement svg = XDocument.Parse(MapFormats.Draw(MapGoldenTests.Of(name), MapFormat.Svg)).Root!;
        double height = (double)svg.Attribute("height")!;
        double width = (double)svg.Attribute("width")!;

        Assert.All(svg.Elements(s_svg + "rect").Where(rect => rect.Attribute("x") is not null), rect =>
        {
            Assert.InRange((double)rect.Attribute("x")! + (double)rect.Attribute("width")!, 0, width);
            Assert.InRange((double)rect.Attribute("y")! + (double)rect.Attribute("height")!, 0, height);
        });
        Assert.All(svg.Elements(s_svg + "text"), text => Assert.InRange((double)text.Attribute("y")!, 0, height));
    }

    // The grammar of the few statements that are used: what is not one of them, a name could only have smuggled in.
    [Theory]
    [MemberData(nameof(Names))]
    public void Every_line_of_a_flowchart_is_a_statement_that_mermaid_knows(string name)
    {
        const string Label = "\"(?:[\\p{L}\\p{N} .,:/_()+'-]|#[0-9]+;|</?[bi]>|<br>)*\"";
        string statement =
            $"^(?:flowchart LR|    accTitle: [\\w ]+|    subgraph host \\[{Label}\\]|        n[0-9]+\\[{Label}\\]|    end" +
                $"|    (?:direct|tunnel|blocked|unknown)\\(\\[{Label}\\]\\)" +
                $"|    n[0-9]+ (?:-->|-\\.-x|-\\.->)(?:\\|{Label}\\|)? (?:direct|tunnel|blocked|unknown)" +
                "|    classDef to_[a-z]+ fill:#[0-9a-f]{6},stroke:#[0-9a-f]{6},color:#[0-9a-f]{6}" +
                "|    class (?:n[0-9]+,)+[a-z]+ to_[a-z]+)$";

        string[] lines = MapFormats.Draw(MapGoldenTests.Of(name), MapFormat.Mermaid).TrimEnd('\n').Split('\n');

        Assert.All(lines, line => Assert.Matches(statement, line));
    }

    [Theory]
    [InlineData("/tmp/map.svg", MapFormat.Svg)]
    [InlineData("map.SVG", MapFormat.Svg)]
    [InlineData("map.mmd", MapFormat.Mermaid)]
    [InlineData("README.md", MapFormat.Mermaid)]
    [InlineData("map.txt", MapFormat.Text)]
    [InlineData("map", MapFormat.Text)]
    public void The_name_of_a_file_says_what_is_drawn(string path, MapFormat expected) =>
        Assert.Equal(expected, MapFormats.Of(path));

    [Fact]
    public void In_markdown_a_flowchart_stands_in_a_block() => Assert.StartsWith(
        "```mermaid\nflowchart LR\n", MapFormats.Draw(MapGoldenTests.Of("home"), MapFormat.Mermaid, "map.md"),
        StringComparison.Ordinal);
}
