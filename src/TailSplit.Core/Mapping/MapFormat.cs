namespace TailSplit.Core.Mapping;

/// <summary>What a map is drawn as.</summary>
public enum MapFormat
{
    /// <summary>Lines for a terminal.</summary>
    Text,

    /// <summary>A flowchart that forges and wikis draw from Markdown.</summary>
    Mermaid,

    /// <summary>A drawing in a file of its own, for browsers and pages.</summary>
    Svg,
}
