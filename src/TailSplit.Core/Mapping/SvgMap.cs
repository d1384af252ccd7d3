using System.Text;
using TailSplit.Core.Model;
using static TailSplit.Core.Mapping.SvgText;

namespace TailSplit.Core.Mapping;

/// <summary>
/// The map as a self-contained drawing: networks on the left, inside the host; the ways out on the right.
/// </summary>
public sealed class SvgMap
{
    private const double PageWidth = 920;
    private const double Edge = 24;
    private const double HostTop = 76;
    private const double HostPadding = 20;
    private const double CardGap = 14;
    private const double GroupGap = 26;
    private const double HeadRoom = 40;
    private const double WayWidth = 190;
    private const double WayHeight = 66;

    private readonly HostMap _map;
    private readonly StringBuilder _svg = new();
    private readonly List<(SvgCard Card, double Top)> _cards = [];
    private readonly List<(Egress? Way, double Middle, int Count)> _ways = [];
    private readonly double _height;

    private SvgMap(HostMap map)
    {
        _map = map;
        double top = HostTop + HostPadding;
        double free = HostTop;
        foreach ((Egress? way, MapEntry[] entries) in map.Groups)
        {
            double first = top;
            foreach (SvgCard card in entries.Select(SvgCard.Of))
            {
                _cards.Add((card, top));
                top += card.Height + CardGap;
            }

            // Beside the middle of its networks, but clear of the way above.
            double middle = Math.Max((first + top - CardGap) / 2, free + (WayHeight / 2));
            _ways.Add((way, middle, entries.Length));
            free = middle + (WayHeight / 2) + CardGap;
            top += GroupGap - CardGap;
        }

        HostHeight = Math.Max(
            (_cards.Count == 0 ? top + HeadRoom : top - GroupGap) + HostPadding - HostTop, free - CardGap - HostTop);
        _height = HostTop + HostHeight + Edge;
    }

    private static double HostWidth => SvgCard.Width + (2 * HostPadding);

    private static double CardLeft => Edge + HostPadding;

    private static double WayLeft => PageWidth - Edge - WayWidth;

    private double HostHeight { get; }

    public static string Draw(HostMap map) => new SvgMap(map).Draw();

    private string Draw()
    {
        Line(
            $"""<svg xmlns="http://www.w3.org/2000/svg" width="{Number(PageWidth)}" height="{Number(_height)}" """ +
            $"""viewBox="0 0 {Number(PageWidth)} {Number(_height)}" role="img" aria-labelledby="tailsplit-title """ +
            """tailsplit-desc">""");
        Line($"""<title id="tailsplit-title">How each network leaves this Docker host</title>""");
        Line($"""<desc id="tailsplit-desc">{Escape(SvgDescription.Of(_map))}</desc>""");
        Line($"<style>\n{SvgStyle.Sheet}\n</style>");
        Line($"""<rect class="page" width="{Number(PageWidth)}" height="{Number(_height)}" rx="14"/>""");
        Text(Edge, 38, 20, "", "Docker host", weight: 700);
        Text(
            Edge,
            60,
            SvgCard.SmallSize,
            "faint",
            Fit(string.Join("  ·  ", _map.Facts), SvgCard.SmallSize, PageWidth - (2 * Edge)));
        Line(
            $"""<rect class="host" x="{Number(Edge)}" y="{Number(HostTop)}" width="{Number(HostWidth)}" """ +
            $"""height="{Number(HostHeight)}" rx="14" stroke-width="1.5"/>""");
        if (_cards.Count == 0)
            Text(CardLeft, HostTop + HostPadding + 24, 14, "faint", "There are no networks.");

        foreach ((SvgCard card, double top) in _cards)
            Card(card, top);

        foreach ((Egress? way, double middle, _) in _ways)
            Wires(way, middle);

        foreach ((Egress? way, double middle, int count) in _ways)
            Way(way, middle, count);

        Line($"</svg>");
        return _svg.ToString();
    }

    private void Wires(Egress? way, double middle)
    {
        double from = CardLeft + SvgCard.Width;
        double bend = (WayLeft - from) * 0.55;
        string dashed = way is Egress.Direct or Egress.Tunnel ? "" : " dashed";
        foreach ((SvgCard card, double top) in _cards.Where(card => card.Card.Way == way))
        {
            double start = top + (card.Height / 2);
            Line(
                $"""<path class="wire {way.Id()}{dashed}" d="M{Number(from)} {Number(start)}""" +
                $"""C{Number(from + bend)} {Number(start)} {Number(WayLeft - bend)} {Number(middle)} """ +
                $"""{Number(WayLeft - End(way))} {Number(middle)}"/>""");
            Line($"""<circle class="fill {way.Id()}" cx="{Number(from)}" cy="{Number(start)}" r="4.5"/>""");
        }

        if (way is Egress.Direct or Egress.Tunnel)
            Line(
                $"""<path class="fill {way.Id()}" d="M{Number(WayLeft - 12)} {Number(middle - 7)}""" +
                $"""L{Number(WayLeft - 1)} {Number(middle)}L{Number(WayLeft - 12)} {Number(middle + 7)}Z"/>""");
        else if (way == Egress.Blocked)
            Line(
                $"""<path class="wire {way.Id()}" d="M{Number(WayLeft - 25)} {Number(middle - 6)}""" +
                """l12 12m0 -12l-12 12"/>""");
    }

    // It ends before its end sign: an arrow, a cross or nothing.
    private static double End(Egress? way) => way == Egress.Blocked ? 32 : 9;

    private void Card(SvgCard card, double top)
    {
        MapEntry entry = card.Entry;
        string way = card.Way.Id();
        double left = CardLeft + SvgCard.Padding;
        double right = CardLeft + SvgCard.Width - SvgCard.Padding;
        Line(
            $"""<rect class="card" x="{Number(CardLeft)}" y="{Number(top)}" width="{Number(SvgCard.Width)}" """ +
            $"""height="{Number(card.Height)}" rx="10"/>""");
        Line(
            $"""<path class="fill {way}" d="M{Number(CardLeft + 5)} {Number(top)}h-0a5 10 0 0 0 -5 10""" +
            $"""v{Number(card.Height - 20)}a5 10 0 0 0 5 10z"/>""");

        double labelRight = right;
        if (!entry.IsWhole)
            labelRight = Pill(labelRight, top + 12, entry.State, "alarm", "on-alarm") - SvgCard.PillGap;

        if (entry.Label.Length > 0)
            labelRight = Pill(
                labelRight,
                top + 12,
                Fit(entry.Label, SvgCard.SmallSize, 120),
                $"soft {way}",
                $"word {way}") - SvgCard.PillGap;

        Text(
            left,
            top + 29,
            SvgCard.HeadSize,
            "",
            Fit(entry.Name, SvgCard.HeadSize * 1.06, labelRight - left),
            weight: 650);
        double trafficLeft = right - Width(entry.Traffic, SvgCard.SmallSize);
        for (int i = 0; i < card.Subnets.Length; i++)
        {
            double end = i == 0 && entry.Traffic.Length > 0 ? trafficLeft - 8 : right;
            int fitting = (int)((end - left) / MonospacedWidth("0", SvgCard.SmallSize));
            Text(
                left,
                top + SvgCard.SubnetTop + SvgCard.SubnetLine(i) + 9,
                SvgCard.SmallSize,
                "mono faint",
                MapText.Cut(MapText.Clean(card.Subnets[i]), fitting));
        }

        if (entry.Traffic.Length > 0)
            Text(
                right,
                top + SvgCard.SubnetTop + 9,
                SvgCard.SmallSize,
                $"word {way}",
                entry.Traffic,
                weight: 600,
                anchor: "end");

        for (int row = 0; row < card.Rows.Length; row++)
        {
            double x = left;
            foreach (string container in card.Rows[row])
            {
                Pill(
                    x + SvgCard.PillWidth(container),
                    top + card.RowTop + (row * (SvgCard.PillHeight + SvgCard.PillGap)),
                    container,
                    "pill",
                    "");
                x += SvgCard.PillWidth(container) + SvgCard.PillGap;
            }
        }

        for (int i = 0; i < card.Remarks.Length; i++)
            Text(
                left,
                top + card.RemarkTop + SvgCard.RemarkLine(i) + 11,
                SvgCard.SmallSize,
                card.Remarks[i].IsAlert ? "alert" : "faint",
                card.Remarks[i].Text);
    }

    private void Way(Egress? way, double middle, int count)
    {
        string name = way.Id();
        double top = middle - (WayHeight / 2);
        Line(
            $"""<rect class="soft edge {name}" x="{Number(WayLeft)}" y="{Number(top)}" width="{Number(WayWidth)}" """ +
            $"""height="{Number(WayHeight)}" rx="12" stroke-width="1.5"/>""");
        Line(
            $"""<g class="sign {name}" fill="none" stroke-width="2" stroke-linecap="round" """ +
            $"""stroke-linejoin="round" transform="translate({Number(WayLeft + 18)} """ +
            $"""{Number(middle - 11)})">{SvgSign.Of(way)}</g>""");
        Text(WayLeft + 54, middle - 3, 16, $"word {name}", HostMap.NameOf(way), weight: 700);
        string networks = count == 1 ? "1 network" : $"{count} networks";
        Text(
            WayLeft + 54,
            middle + 16,
            SvgCard.SmallSize,
            $"word {name}",
            Fit(_map.InterfaceOf(way) ?? networks, SvgCard.SmallSize, WayWidth - 62));
    }

    // Its right end at x; returns its left end.
    private double Pill(double x, double y, string text, string shape, string word)
    {
        double width = SvgCard.PillWidth(text);
        Line(
            $"""<rect class="{shape}" x="{Number(x - width)}" y="{Number(y)}" width="{Number(width)}" """ +
            $"""height="{Number(SvgCard.PillHeight)}" rx="11"/>""");
        Text(x - (width / 2), y + 15.5, SvgCard.SmallSize, word, text, anchor: "middle");
        return x - width;
    }

    private void Text(
        double x, double y, double size, string style, string text, int weight = 400, string anchor = "start")
    {
        string bold = weight == 400 ? "" : $" font-weight=\"{weight}\"";
        string anchored = anchor == "start" ? "" : $" text-anchor=\"{anchor}\"";
        string named = style.Length == 0 ? "" : $" class=\"{style}\"";
        Line(
            $"""<text{named} x="{Number(x)}" y="{Number(y)}" """ +
            $"""font-size="{Number(size)}"{bold}{anchored}>{Escape(text)}</text>""");
    }

    private void Line(string text) => _svg.Append(text).Append('\n');
}
