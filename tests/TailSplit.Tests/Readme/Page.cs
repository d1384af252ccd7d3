using System.Text.RegularExpressions;
using TailSplit.Tests.Guidelines;

namespace TailSplit.Tests.Readme;

/// <summary>A block of code on a page.</summary>
/// <param name="Language">powershell or sh.</param>
/// <param name="Code">Its lines.</param>
/// <param name="Elsewhere">What runs it, where the fake host can't; null where it can.</param>
internal sealed record CodeBlock(string Language, string Code, string? Elsewhere);

/// <summary>A page of Markdown with commands for people to type.</summary>
internal static partial class Page
{
    public static string Text(string name) => File.ReadAllText(Path.Combine(SourceTree.Root, name));

    public static CodeBlock[] Blocks(string name) => [.. Block()
        .Matches(Text(name))
        .Select(match => new CodeBlock(
            match.Groups["language"].Value, match.Groups["code"].Value,
            match.Groups["elsewhere"] is { Success: true } group ? group.Value : null))];

    /// <summary>What the page links to within the repository.</summary>
    public static string[] Links(string name) => [.. Link()
        .Matches(Text(name))
        .Select(match => match.Groups["target"].Value)
        .Where(target => !target.StartsWith("http", StringComparison.Ordinal))];

    [GeneratedRegex(
        "(?:^<!-- not on the fake host: (?<elsewhere>[^ ]+) -->\n)?^```(?<language>powershell|sh)\n(?<code>.*?)^```$",
        RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex("\\]\\((?<target>[^)#]+)\\)")]
    private static partial Regex Link();
}
