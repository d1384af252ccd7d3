using System.Collections.Immutable;
using TailSplit.Core.Model;

namespace TailSplit.Core.Mapping;

/// <summary>The content of the card of one network: laid out, but not yet placed.</summary>
internal sealed record SvgCard
{
    public const double Width = 430;

    public const double Padding = 16;
    public const double HeadSize = 16;
    public const double SmallSize = 12.5;
    public const double PillHeight = 22;
    public const double PillGap = 6;

    /// <summary>Where the subnets begin, below the name.</summary>
    public const double SubnetTop = 46;

    private const double SubnetHeight = 22;
    private const double RemarkHeight = 18;
    private const double Inner = Width - (2 * Padding);
    private const int MostRows = 3;
    private const int MostSubnets = 2;

    public required MapEntry Entry { get; init; }

    /// <summary>The subnets, a line each.</summary>
    public required ImmutableArray<string> Subnets { get; init; }

    /// <summary>The containers, in rows of pills.</summary>
    public required ImmutableArray<ImmutableArray<string>> Rows { get; init; }

    /// <summary>The remarks, a line each.</summary>
    public required ImmutableArray<MapRemark> Remarks { get; init; }

    public Egress? Way => Entry.Egress;

    public double RowTop => SubnetTop + (Math.Max(Subnets.Length, Entry.Traffic.Length > 0 ? 1 : 0) * SubnetHeight);

    public double RemarkTop => RowTop + (Rows.Length * (PillHeight + PillGap)) + (Remarks.IsEmpty ? 0 : 4);

    public double Height => RemarkTop + (Remarks.Length * RemarkHeight) + 8;

    public static double SubnetLine(int index) => index * SubnetHeight;

    public static double RemarkLine(int index) => index * RemarkHeight;

    public static double PillWidth(string text) => SvgText.Width(text, SmallSize) + 18;

    public static SvgCard Of(MapEntry entry) => new()
    {
        Entry = entry,
        Subnets = Most(entry.Subnets, MostSubnets),
        Rows = RowsOf(entry.Containers),
        Remarks = [.. entry.Remarks.SelectMany(
            remark => Wrap(remark.Text).Select(line => remark with { Text = line }))],
    };

    private static ImmutableArray<string> Most(ImmutableArray<string> lines, int most) =>
        lines.Length <= most ? lines : [.. lines.Take(most - 1), $"{lines[most - 1]} and {lines.Length - most} more"];

    private static ImmutableArray<ImmutableArray<string>> RowsOf(ImmutableArray<string> containers)
    {
        List<ImmutableArray<string>> rows = [];
        List<string> row = [];
        double left = Inner;
        for (int i = 0; i < containers.Length; i++)
        {
            string more = $"and {containers.Length - i} more";
            string text = SvgText.Fit(containers[i], SmallSize, Inner / 2);
            bool isLastRow = rows.Count == MostRows - 1;
            // The last row needs room for the number of containers that are left out.
            double reserve = isLastRow && i < containers.Length - 1 ? PillWidth(more) + PillGap : 0;
            if (PillWidth(text) + reserve > left && row.Count > 0)
            {
                if (isLastRow)
                {
                    row.Add(more);
                    break;
                }

                rows.Add([.. row]);
                row.Clear();
                left = Inner;
            }

            row.Add(text);
            left -= PillWidth(text) + PillGap;
        }

        if (row.Count > 0)
            rows.Add([.. row]);

        return [.. rows];
    }

    private static IEnumerable<string> Wrap(string text)
    {
        string line = "";
        foreach (string word in MapText.Clean(text).Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            string fitting = SvgText.Fit(word, SmallSize, Inner);
            string longer = line.Length == 0 ? fitting : $"{line} {fitting}";
            if (line.Length > 0 && SvgText.Width(longer, SmallSize) > Inner)
            {
                yield return line;
                longer = fitting;
            }

            line = longer;
        }

        yield return line;
    }
}
