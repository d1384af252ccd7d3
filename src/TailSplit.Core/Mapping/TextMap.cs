using System.Text;
using TailSplit.Core.Model;

namespace TailSplit.Core.Mapping;

/// <summary>The map as lines for a terminal: the ways out, and below each its networks.</summary>
public sealed class TextMap
{
    /// <summary>No line is longer, unless a terminal narrower than <see cref="Narrowest"/> is asked for.</summary>
    public const int Widest = 100;

    private const int Narrowest = 60;
    private const int LabelWidth = 11;
    private const int StateWidth = 9;
    private const string Margin = "   ";

    private readonly StringBuilder _text = new();
    private readonly Func<MapTone, string, string> _paint;
    private readonly int _width;
    private readonly int _nameWidth;
    private readonly int _subnetWidth;

    private TextMap(int width, Func<MapTone, string, string> paint)
    {
        _width = Math.Clamp(width, Narrowest, Widest);
        _paint = paint;
        _nameWidth = _width / 5;
        _subnetWidth = _width * 22 / 100;
    }

    /// <param name="map">The map.</param>
    /// <param name="width">The number of columns.</param>
    /// <param name="paint">Colours a piece of text, without changing its width; null for plain text.</param>
    public static string Draw(HostMap map, int width = Widest, Func<MapTone, string, string>? paint = null) =>
        new TextMap(width, paint ?? ((_, text) => text)).Draw(map);

    private string Draw(HostMap map)
    {
        Line(
            (MapTone.Title, "Docker host"),
            (MapTone.Faint, "  " + string.Join(", ", map.Facts.Select(MapText.Narrow))));
        foreach ((Egress? way, MapEntry[] entries) in map.Groups)
        {
            _text.Append('\n');
            string by = map.InterfaceOf(way) is string device ? $" ({MapText.Narrow(device)})" : "";
            Line((ToneOf(way), $"{(way == Egress.Blocked ? "──✕" : "──▶")} {HostMap.NameOf(way)}{by}"));
            for (int i = 0; i < entries.Length; i++)
                Entry(entries[i], isLast: i == entries.Length - 1);
        }

        if (map.Entries.IsEmpty)
            Line((MapTone.Faint, Margin + "There are no networks."));

        return _text.ToString();
    }

    private void Entry(MapEntry entry, bool isLast)
    {
        MapTone tone = ToneOf(entry.Egress);
        string traffic = entry.Traffic;
        Line(
            (tone, Margin + (isLast ? "╰─ " : "├─ ")),
            (MapTone.Name, Column(entry.Name, _nameWidth)),
            (tone, Column(entry.Label, LabelWidth)),
            (entry.IsWhole ? MapTone.Faint : MapTone.Alert, Column(entry.State, StateWidth)),
            (MapTone.Faint, Column(Subnets(entry), _subnetWidth)),
            (MapTone.Name, traffic));
        if (!entry.Containers.IsEmpty)
            Below(entry, isLast, MapTone.Name, string.Join(", ", entry.Containers));

        foreach (MapRemark remark in entry.Remarks)
            Below(entry, isLast, remark.IsAlert ? MapTone.Alert : MapTone.Faint, remark.Text);
    }

    // The first subnet, and how many more there are.
    private string Subnets(MapEntry entry)
    {
        if (entry.Subnets.IsEmpty)
            return "";

        string more = entry.Subnets.Length > 1 ? $" +{entry.Subnets.Length - 1}" : "";
        return MapText.Cut(MapText.Narrow(entry.Subnets[0]), _subnetWidth - 1 - more.Length) + more;
    }

    private void Below(MapEntry entry, bool isLast, MapTone tone, string text)
    {
        string branch = Margin + (isLast ? "   " : "│  ");
        foreach (string line in Wrap(MapText.Narrow(text), _width - branch.Length - 2))
            Line((ToneOf(entry.Egress), branch), (tone, "  " + line));
    }

    private static IEnumerable<string> Wrap(string text, int width)
    {
        StringBuilder line = new();
        foreach (string word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(
            word => MapText.Cut(word, width)))
        {
            if (line.Length > 0 && line.Length + 1 + word.Length > width)
            {
                yield return line.ToString();
                line.Clear();
            }

            line.Append(line.Length > 0 ? " " : "").Append(word);
        }

        yield return line.ToString();
    }

    private static string Column(string text, int width) =>
        MapText.Cut(MapText.Narrow(text), width - 1).PadRight(width);

    // Cut at the right edge, and nothing but spaces trimmed from it.
    private void Line(params ReadOnlySpan<(MapTone Tone, string Text)> pieces)
    {
        int last = pieces.Length - 1;
        while (last > 0 && string.IsNullOrWhiteSpace(pieces[last].Text))
            last--;

        int left = _width;
        for (int i = 0; i <= last; i++)
        {
            string text = MapText.Cut(i == last ? pieces[i].Text.TrimEnd() : pieces[i].Text, left);
            left -= text.Length;
            if (text.Length > 0)
                _text.Append(_paint(pieces[i].Tone, text));
        }

        _text.Append('\n');
    }

    private static MapTone ToneOf(Egress? way) => way switch
    {
        Egress.Direct => MapTone.Direct,
        Egress.Tunnel => MapTone.Tunnel,
        Egress.Blocked => MapTone.Blocked,
        _ => MapTone.Unknown,
    };
}
