using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Markdig.Syntax;
using TailSplit.Help.Text;

namespace TailSplit.Help.Pages;

/// <summary>An example: code that a test runs, and its explanation.</summary>
internal sealed partial record HelpExample(string Title, string Code, ImmutableArray<string> Remarks)
{
    /// <exception cref="FormatException">The section has no code.</exception>
    public static HelpExample Of(MarkdownSection section)
    {
        FencedCodeBlock code = section.Blocks
            .OfType<FencedCodeBlock>()
            .FirstOrDefault(block => block.Info == "powershell")
            ?? throw new FormatException($"The example '{section.Title}' has no code marked as powershell.");
        string title = Number().Replace(section.Title, "");
        return new HelpExample(
            title, code.Lines.ToString(), PlainText.Of(section.Blocks.Where(block => block != code)));
    }

    [GeneratedRegex(@"^Example \d+: ")]
    private static partial Regex Number();
}
