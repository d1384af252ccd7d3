namespace TailSplit.Core.Mapping;

/// <summary>Maps as they are written to a file.</summary>
public static class MapFormats
{
    /// <summary>The format that follows from the name of a file.</summary>
    public static MapFormat Of(string path) => Path.GetExtension(path).ToUpperInvariant() switch
    {
        ".SVG" => MapFormat.Svg,
        ".MMD" or ".MERMAID" or ".MD" or ".MARKDOWN" => MapFormat.Mermaid,
        _ => MapFormat.Text,
    };

    public static string Draw(HostMap map, MapFormat format) => format switch
    {
        MapFormat.Text => TextMap.Draw(map),
        MapFormat.Mermaid => MermaidMap.Draw(map),
        MapFormat.Svg => SvgMap.Draw(map),
        _ => throw new ArgumentOutOfRangeException(nameof(format)),
    };

    /// <summary>The content of a file of this name: in Markdown, a map stands in a block of code.</summary>
    public static string Draw(HostMap map, MapFormat format, string path)
    {
        string content = Draw(map, format);
        bool isMarkdown = Path.GetExtension(path).ToUpperInvariant() is ".MD" or ".MARKDOWN";
        return (isMarkdown, format) switch
        {
            (true, MapFormat.Mermaid) => $"```mermaid\n{content}```\n",
            (true, MapFormat.Text) => $"```text\n{content}```\n",
            _ => content,
        };
    }
}
