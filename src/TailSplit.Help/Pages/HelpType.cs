using System.Collections.Immutable;
using TailSplit.Help.Text;

namespace TailSplit.Help.Pages;

/// <summary>An input or output type.</summary>
internal sealed record HelpType(string Name, ImmutableArray<string> Text)
{
    public static HelpType Of(MarkdownSection section) => new(section.Title, PlainText.Of(section.Blocks));
}
