using System.Text;
using System.Text.RegularExpressions;
using Markdig.Extensions.Tables;
using Markdig.Syntax;

namespace TailSplit.Help.Text;

/// <summary>
/// An about topic: its page as the plain text that Get-Help shows. PowerShell reads the synopsis from the fifth line
/// of the file.
/// </summary>
internal sealed partial class AboutTopic
{
    private const string Indent = "    ";

    private readonly MarkdownSection _page;

    private AboutTopic(MarkdownSection page) => _page = page;

    /// <exception cref="FormatException">The file is not a topic.</exception>
    public static AboutTopic Read(string path)
    {
        string folder = Path.GetDirectoryName(path)!;
        string text = Include().Replace(
            File.ReadAllText(path),
            match => Tables(File.ReadAllLines(Path.Combine(folder, match.Groups["file"].Value))));
        MarkdownSection page = MarkdownSection.Parse(text);
        return page.Title == Path.GetFileNameWithoutExtension(path)
            ? new AboutTopic(page)
            : throw new FormatException($"{path}: the title is not the name of the file.");
    }

    public string ToText()
    {
        List<string> lines = ["TOPIC", $"{Indent}{_page.Title}", "", "SHORT DESCRIPTION"];
        lines.Add($"{Indent}{string.Join(' ', PlainText.Of(_page["Short description"].Blocks))}");
        foreach (MarkdownSection section in _page.Sections.Where(section => section.Title != "Short description"))
            Write(section, lines);

        StringBuilder text = new();
        foreach (string line in lines)
            text.Append(line.TrimEnd()).Append('\n');

        return text.ToString();
    }

    private static void Write(MarkdownSection section, List<string> lines)
    {
        lines.Add("");
        lines.Add(section.Level == 2 ? section.Title.ToUpperInvariant() : $"  {section.Title}");
        foreach (Block block in section.Blocks)
        {
            lines.AddRange(Lines(block));
            lines.Add("");
        }

        while (lines[^1].Length == 0)
            lines.RemoveAt(lines.Count - 1);

        foreach (MarkdownSection child in section.Sections)
            Write(child, lines);
    }

    private static IEnumerable<string> Lines(Block block) => block switch
    {
        Table table => TextTable.Lines(table, Indent),
        ListBlock list => list
            .OfType<ListItemBlock>()
            .SelectMany(item => WrappedText.Lines(PlainText.Of(item), $"{Indent}- ", $"{Indent}  ")),
        CodeBlock => PlainText.Of([block]).SelectMany(code => code.Split('\n')).Select(line => Indent + line),
        _ => PlainText.Of([block]).SelectMany(paragraph => WrappedText.Lines(paragraph, Indent, Indent)),
    };

    private static string Tables(string[] lines) => string.Join('\n', lines.Where(line => line.StartsWith('|')));

    // "<!-- tables of ../errors.md -->" stands for the tables of another page, so that they are not repeated.
    [GeneratedRegex("<!-- tables of (?<file>[^ ]+) -->")]
    private static partial Regex Include();
}
