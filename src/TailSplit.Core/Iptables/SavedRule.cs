using System.Globalization;
using TailSplit.Core.Rules;

namespace TailSplit.Core.Iptables;

/// <summary>A line of a save, <c>[packets:bytes] -A CHAIN specification</c>, as a place in the text.</summary>
public readonly struct SavedRule
{
    private readonly string _text;
    private readonly int _start;
    private readonly int _length;

    internal SavedRule(string text, int start, int length)
    {
        _text = text;
        _start = start;
        _length = length;
    }

    /// <summary>The chain's name; empty if the line is no <c>-A</c>.</summary>
    public ReadOnlySpan<char> Chain
    {
        get
        {
            ReadOnlySpan<char> rest = AfterCounters;
            if (!rest.StartsWith("-A "))
                return default;

            rest = rest[3..];
            int blank = rest.IndexOf(' ');
            return blank < 0 ? rest : rest[..blank];
        }
    }

    /// <summary>What comes after the chain's name.</summary>
    public ReadOnlySpan<char> Specification
    {
        get
        {
            ReadOnlySpan<char> rest = AfterCounters[3..];
            int blank = rest.IndexOf(' ');
            return blank < 0 ? default : rest[(blank + 1)..].TrimEnd();
        }
    }

    public RuleCounters Counters
    {
        get
        {
            ReadOnlySpan<char> line = Line;
            int close = line.IndexOf(']');
            if (line.IsEmpty || line[0] != '[' || close < 0)
                return default;

            ReadOnlySpan<char> pair = line[1..close];
            int colon = pair.IndexOf(':');
            return colon > 0
                && ulong.TryParse(pair[..colon], NumberStyles.None, CultureInfo.InvariantCulture, out ulong packets)
                && ulong.TryParse(pair[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out ulong bytes)
                    ? new RuleCounters(packets, bytes)
                    : default;
        }
    }

    private ReadOnlySpan<char> Line => _text.AsSpan(_start, _length);

    private ReadOnlySpan<char> AfterCounters
    {
        get
        {
            ReadOnlySpan<char> line = Line;
            if (line[0] != '[')
                return line;

            int close = line.IndexOf(']');
            return close < 0 ? default : line[(close + 1)..].TrimStart();
        }
    }

    public override string ToString() => Line.ToString();
}
