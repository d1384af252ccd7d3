using System.Collections.Immutable;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;
using TailSplit.Help.Text;

namespace TailSplit.Help.Pages;

/// <summary>The text of a cmdlet's page. The rest of its help is read from the cmdlet itself.</summary>
internal sealed record HelpPage
{
    public required string Name { get; init; }

    public required ImmutableArray<string> Synopsis { get; init; }

    public required ImmutableArray<string> Description { get; init; }

    public required ImmutableArray<HelpExample> Examples { get; init; }

    /// <summary>Paragraphs by the name of the parameter.</summary>
    public required ImmutableDictionary<string, ImmutableArray<string>> Parameters { get; init; }

    /// <summary>The types of pipeline input; empty if the cmdlet takes none.</summary>
    public required ImmutableArray<HelpType> Inputs { get; init; }

    public required ImmutableArray<HelpType> Outputs { get; init; }

    public required ImmutableArray<string> Notes { get; init; }

    public required ImmutableArray<HelpLink> Links { get; init; }

    /// <exception cref="FormatException">The file is not a page.</exception>
    public static HelpPage Read(string path) => Parse(File.ReadAllText(path));

    /// <exception cref="FormatException">The text is not a page.</exception>
    public static HelpPage Parse(string markdown)
    {
        MarkdownSection page = MarkdownSection.Parse(markdown);
        return new HelpPage
        {
            Name = page.Title,
            Synopsis = PlainText.Of(page["Synopsis"].Blocks),
            Description = PlainText.Of(page["Description"].Blocks),
            Examples = [.. page["Examples"].Sections.Select(HelpExample.Of)],
            Parameters = page["Parameters"].Sections.ToImmutableDictionary(
                section => section.Title.TrimStart('-'),
                section => PlainText.Of(section.Blocks),
                StringComparer.Ordinal),
            Inputs = [.. page["Inputs"].Sections.Select(HelpType.Of)],
            Outputs = [.. page["Outputs"].Sections.Select(HelpType.Of)],
            Notes = PlainText.Of(page["Notes"].Blocks),
            Links = [.. page["Related links"].Blocks
                .SelectMany(block => block.Descendants<LinkInline>())
                .Select(link => new HelpLink(PlainText.Of(link), link.Url ?? ""))],
        };
    }
}
