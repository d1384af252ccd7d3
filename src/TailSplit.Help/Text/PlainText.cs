using System.Collections.Immutable;
using Markdig.Extensions.Tables;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace TailSplit.Help.Text;

/// <summary>Converts Markdown to plain text: paragraphs, list items and lines of code.</summary>
internal static class PlainText
{
    public static ImmutableArray<string> Of(IEnumerable<Block> blocks) => [.. blocks.SelectMany(Paragraphs)];

    public static string Of(ContainerInline? inlines) =>
        inlines is null ? "" : string.Concat(inlines.Select(Text)).Trim();

    /// <summary>The text of a table cell or a list item.</summary>
    public static string Of(ContainerBlock block) =>
        string.Join(' ', block.OfType<ParagraphBlock>().Select(paragraph => Of(paragraph.Inline)));

    private static IEnumerable<string> Paragraphs(Block block) => block switch
    {
        ParagraphBlock paragraph => [Of(paragraph.Inline)],
        ListBlock list => list.OfType<ListItemBlock>().Select(item => $"- {Of(item)}"),
        CodeBlock code => [string.Join('\n', code.Lines.ToString().Split('\n').Select(line => $"    {line}"))],
        Table table => table.OfType<TableRow>().Where(row => !row.IsHeader)
            .Select(row => $"- {string.Join(": ", row.OfType<TableCell>().Select(Of))}"),
        HtmlBlock => [],
        _ => throw new FormatException($"Line {block.Line + 1}: {block.GetType().Name} has no form in help."),
    };

    private static string Text(Inline inline) => inline switch
    {
        LiteralInline literal => literal.Content.ToString(),
        CodeInline code => code.Content,
        LineBreakInline => " ",
        ContainerInline container => string.Concat(container.Select(Text)),
        AutolinkInline link => link.Url,
        HtmlEntityInline entity => entity.Transcoded.ToString(),
        _ => throw new FormatException($"{inline.GetType().Name} has no form in help."),
    };
}
