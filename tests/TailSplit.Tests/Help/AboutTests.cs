using System.Text.RegularExpressions;
using TailSplit.Help.Text;
using TailSplit.Tests.Core;
using Xunit;

namespace TailSplit.Tests.Help;

/// <summary>The about topics, as the text that Get-Help shows.</summary>
public sealed partial class AboutTests
{
    public static TheoryData<string> All { get; } = [.. Pages.Topics];

    [Fact]
    public void The_topics_cover_the_module_traffic_and_troubleshooting() => Assert.Equal(
        ["about_TailSplit", "about_TailSplit_Traffic", "about_TailSplit_Troubleshooting"], Pages.Topics);

    [Theory]
    [MemberData(nameof(All))]
    public void It_fits_a_terminal_of_80_columns(string name) =>
        Assert.All(Lines(name), line => Assert.InRange(line.Length, 0, WrappedText.Width));

    [Theory]
    [MemberData(nameof(All))]
    public void Its_short_description_is_where_powershell_looks_for_it(string name)
    {
        string[] lines = Lines(name);

        Assert.Equal(["TOPIC", $"    {name}", "", "SHORT DESCRIPTION"], lines[..4]);
        Assert.EndsWith(".", lines[4], StringComparison.Ordinal);
        Assert.Equal(["", "LONG DESCRIPTION"], lines[5..7]);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Everything_that_it_links_to_exists(string name) => Assert.All(
        Lines(name).SkipWhile(line => line != "SEE ALSO").Skip(1).Where(line => line.Length > 0),
        line => Assert.Contains(line.Trim(' ', '-'), Pages.Names));

    [Fact]
    public void The_troubleshooting_topic_lists_exactly_the_errors_that_exist()
    {
        IEnumerable<string> ids = FailureCatalog.Methods.Keys;

        IEnumerable<string> listed = Lines("about_TailSplit_Troubleshooting")
            .SkipWhile(line => line != "EVERY ERROR")
            .TakeWhile(line => line != "SEE ALSO")
            .Select(line => ErrorId().Match(line))
            .Where(match => match.Success)
            .Select(match => match.Groups["id"].Value);
        Assert.Equal(ids.Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
    }

    private static string[] Lines(string name) =>
        AboutTopic.Read(Path.Combine(Pages.Folder, $"{name}.md")).ToText().TrimEnd('\n').Split('\n');

    [GeneratedRegex("^ {4}(?<id>[A-Z][A-Za-z0-9]+)")]
    private static partial Regex ErrorId();
}
