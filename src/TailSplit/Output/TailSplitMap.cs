using System.Management.Automation;
using TailSplit.Core.Mapping;

namespace TailSplit.Output;

/// <summary>A map for the terminal: plain as text, coloured in the terminal.</summary>
public sealed class TailSplitMap
{
    private readonly HostMap _map;

    internal TailSplitMap(HostMap map)
    {
        _map = map;
        Content = TextMap.Draw(map);
    }

    /// <summary>The map as plain text, at most 100 columns wide.</summary>
    public string Content { get; }

    public override string ToString() => Content;

    /// <summary>
    /// The map for a terminal of this width, in the colours of the session's <c>$PSStyle</c>; plain if it has none.
    /// </summary>
    public string ToString(int width, object? style) =>
        TextMap.Draw(_map, width, style is null ? null : MapPaint.By(PSObject.AsPSObject(style)));
}
