namespace TailSplit.Core.Mapping;

/// <summary>The format of a map.</summary>
public enum MapFormat
{
    /// <summary>Lines for a terminal.</summary>
    Text,

    /// <summary>A flowchart that forges and wikis draw from Markdown.</summary>
    Mermaid,

    /// <summary>A drawing in a file of its own, for browsers and pages.</summary>
    Svg,
}
