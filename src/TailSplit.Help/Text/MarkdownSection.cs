using Markdig;
using Markdig.Syntax;

namespace TailSplit.Help.Text;

/// <summary>A heading and the text below it, up to the next heading of the same level.</summary>
internal sealed class MarkdownSection(string title, int level)
{
    private static readonly MarkdownPipeline s_pipeline = new MarkdownPipelineBuilder().UsePipeTables().Build();

    private readonly List<Block> _blocks = [];
    private readonly List<MarkdownSection> _sections = [];

    public string Title => title;

    public int Level => level;

    /// <summary>The text before the first heading below this one.</summary>
    public IReadOnlyList<Block> Blocks => _blocks;

    public IReadOnlyList<MarkdownSection> Sections => _sections;

    /// <summary>The section with this title; an empty one if it does not exist.</summary>
    public MarkdownSection this[string name] =>
        _sections.Find(section => section.Title.Equals(name, StringComparison.OrdinalIgnoreCase))
            ?? new MarkdownSection(name, level + 1);

    /// <summary>Parses a page: the section of its first heading, which must be its title.</summary>
    /// <exception cref="FormatException">The page does not begin with a title.</exception>
    public static MarkdownSection Parse(string markdown)
    {
        Stack<MarkdownSection> open = [];
        MarkdownSection? page = null;
        foreach (Block block in Markdown.Parse(markdown, s_pipeline))
        {
            if (block is HeadingBlock heading)
            {
                MarkdownSection section = new(PlainText.Of(heading.Inline), heading.Level);
                while (open.TryPeek(out MarkdownSection? last) && last.Level >= section.Level)
                    open.Pop();

                if (open.TryPeek(out MarkdownSection? parent))
                    parent._sections.Add(section);
                else if (page is not null)
                    throw new FormatException($"'{section.Title}' is a second title.");

                page ??= section;
                open.Push(section);
            }
            else if (open.TryPeek(out MarkdownSection? section))
            {
                section._blocks.Add(block);
            }
            else
            {
                throw new FormatException("A page begins with its title.");
            }
        }

        return page ?? throw new FormatException("The page is empty.");
    }
}
