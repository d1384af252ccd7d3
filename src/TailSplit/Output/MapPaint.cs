using System.Management.Automation;
using TailSplit.Core.Mapping;

namespace TailSplit.Output;

/// <summary>Colours a map by <c>$PSStyle</c>. PowerShellStandard lacks its type.</summary>
internal static class MapPaint
{
    public static Func<MapTone, string, string> By(PSObject style)
    {
        string reset = Text(style, "Reset");
        PSObject? foreground = style.Properties["Foreground"]?.Value is object colours
            ? PSObject.AsPSObject(colours)
            : null;
        return (tone, text) => Colour(tone) is { Length: > 0 } escape ? $"{escape}{text}{reset}" : text;

        string Colour(MapTone tone) => tone switch
        {
            MapTone.Title => Text(style, "Bold"),
            MapTone.Direct => Text(foreground, "Yellow"),
            MapTone.Tunnel => Text(foreground, "Green"),
            MapTone.Blocked => Text(foreground, "Red"),
            MapTone.Alert => Text(foreground, "BrightRed"),
            MapTone.Unknown => Text(foreground, "Cyan"),
            MapTone.Faint => Text(foreground, "BrightBlack"),
            _ => "",
        };
    }

    private static string Text(PSObject? from, string name) => from?.Properties[name]?.Value as string ?? "";
}
