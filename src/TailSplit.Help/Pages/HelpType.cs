using System.Collections.Immutable;
using TailSplit.Help.Text;

namespace TailSplit.Help.Pages;

/// <summary>A type that is piped in, or comes out.</summary>
internal sealed record HelpType(string Name, ImmutableArray<string> Text)
{
    public static HelpType Of(MarkdownSection section) => new(section.Title, PlainText.Of(section.Blocks));
}
