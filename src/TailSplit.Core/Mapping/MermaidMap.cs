using System.Globalization;
using System.Text;
using TailSplit.Core.Model;

namespace TailSplit.Core.Mapping;

/// <summary>The map as a flowchart of Mermaid, which forges and wikis draw from Markdown.</summary>
public static class MermaidMap
{
    public static string Draw(HostMap map)
    {
        StringBuilder text = new("flowchart LR\n");
        text.Append("    accTitle: How each network leaves this Docker host\n");
        text.Append("    subgraph host [\"Docker host\"]\n");
        (Egress? Way, MapEntry Entry)[] entries = [.. map.Groups.SelectMany(
            group => group.Entries.Select(entry => (group.Way, entry)))];
        for (int i = 0; i < entries.Length; i++)
            text.Append(CultureInfo.InvariantCulture, $"        n{i}[\"{Node(entries[i].Entry)}\"]\n");

        if (entries.Length == 0)
            text.Append("        n0[\"no networks\"]\n");

        text.Append("    end\n");
        foreach ((Egress? way, _) in map.Groups)
        {
            string by = map.InterfaceOf(way) is string device ? $" ({device})" : "";
            text.Append(CultureInfo.InvariantCulture, $"    {way.Id()}([\"{Escape(HostMap.NameOf(way) + by)}\"])\n");
        }

        for (int i = 0; i < entries.Length; i++)
            text.Append(
                CultureInfo.InvariantCulture,
                $"    n{i} {Arrow(entries[i].Way, entries[i].Entry)} {entries[i].Way.Id()}\n");

        return text.Append(Styles(map, entries)).ToString();
    }

    private static string Node(MapEntry entry)
    {
        string[] lines =
        [
            $"<b>{Escape(entry.Name)}</b>",
            Escape(entry.State.Length > 0 ? $"{entry.Label}, {entry.State}" : entry.Label),
            .. entry.Subnets.Select(Escape),
            .. entry.Containers.IsEmpty ? [] : new[] { Escape(string.Join(", ", entry.Containers)) },
            .. entry.Remarks.Select(remark => $"<i>{Escape(remark.Text)}</i>"),
        ];
        return string.Join("<br>", lines.Where(line => line.Length > 0));
    }

    private static string Arrow(Egress? way, MapEntry entry)
    {
        string label = entry.Traffic.Length > 0 ? $"|\"{Escape(entry.Traffic)}\"|" : "";
        return way switch
        {
            Egress.Blocked => $"-.-x{label}",
            null => $"-.->{label}",
            _ => $"-->{label}",
        };
    }

    // Colours that hold on a light page and a dark one: filled, with the text's own colour given.
    private static string Styles(HostMap map, (Egress? Way, MapEntry Entry)[] entries)
    {
        StringBuilder text = new();
        foreach ((Egress? way, _) in map.Groups)
        {
            string nodes = string.Join(
                ',',
                entries
                    .Select((entry, i) => (entry.Way, Id: $"n{i}"))
                    .Where(node => node.Way == way)
                    .Select(node => node.Id));
            (string fill, string stroke) = way switch
            {
                Egress.Direct => ("#fef3c7", "#b45309"),
                Egress.Tunnel => ("#ccfbf1", "#0f766e"),
                Egress.Blocked => ("#fee2e2", "#b91c1c"),
                _ => ("#e2e8f0", "#475569"),
            };
            text.Append(
                CultureInfo.InvariantCulture,
                $"    classDef to_{way.Id()} fill:{fill},stroke:{stroke},color:#0f172a\n");
            text.Append(CultureInfo.InvariantCulture, $"    class {nodes},{way.Id()} to_{way.Id()}\n");
        }

        return text.ToString();
    }

    // Mermaid has entities of its own, with # for &: a quote would end the label, a backtick make it Markdown, a
    // bracket HTML.
    private static string Escape(string text) => string.Concat(MapText.Clean(text).EnumerateRunes().Select(rune =>
        Rune.IsLetterOrDigit(rune)
            || rune.Value is ' ' or '.' or ',' or ':' or '/' or '-' or '_' or '(' or ')' or '+' or '\''
            ? rune.ToString()
            : string.Create(CultureInfo.InvariantCulture, $"#{rune.Value};")));
}
