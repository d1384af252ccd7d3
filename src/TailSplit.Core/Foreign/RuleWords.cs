using System.Globalization;
using System.Text.RegularExpressions;
using TailSplit.Core.Kernel;
using TailSplit.Core.Model;

namespace TailSplit.Core.Foreign;

/// <summary>
/// The addresses, ports and marks in the text of a rule, as iptables-save or nft prints it. It need not understand the
/// rule: a superfluous word only costs one more trace.
/// </summary>
internal static partial class RuleWords
{
    /// <summary>
    /// Every prefix in the text, a source or a destination; of a range, the first and the last address.
    /// </summary>
    public static IEnumerable<Cidr> PrefixesOf(string text)
    {
        foreach (Match match in Address().Matches(text))
        {
            if (Cidr.TryParseMasked(match.Value.TrimEnd('.', ':'), out Cidr prefix))
                yield return prefix;
        }
    }

    /// <summary>The prefixes that the text compares with a source; all of them if it does not say which.</summary>
    public static IEnumerable<Cidr> SourcesOf(string text)
    {
        if (!NamesSource().IsMatch(text))
            return [];

        string[] named = [.. Source().Matches(text).Select(match => match.Groups["from"].Value)];
        Cidr[] sources = [.. named.SelectMany(PrefixesOf)];
        return sources.Length > 0 ? sources : PrefixesOf(text);
    }

    /// <summary>The text without what it compares with a source.</summary>
    public static string WithoutSource(string text) => Source().Replace(text, "");

    /// <summary>The only destinations that the rule matches; none if it does not say.</summary>
    public static IEnumerable<Cidr> DestinationsOf(string text) =>
        Destination().Match(text) is { Success: true } named ? PrefixesOf(named.Groups["to"].Value) : [];

    /// <summary>
    /// The text without its prefixes and comments: rules with the same one treat their prefixes alike. Null if several
    /// prefixes have different meanings.
    /// </summary>
    /// <param name="text">The rule.</param>
    /// <param name="withPort">Whether ports stay.</param>
    public static string? ShapeOf(string text, bool withPort)
    {
        string bare = Comment().Replace(text, "");
        if (Distinction().IsMatch(bare) || Address().Count(Set().Replace(bare, "{")) + Set().Count(bare) > 1)
            return null;

        string shape = Address().Replace(bare, "");
        return withPort ? shape : Port().Replace(shape, "");
    }

    /// <summary>Destination ports: first and last ones of ranges. "Less than 100" is 99.</summary>
    public static IEnumerable<int> PortsOf(string text) => Numbers(Port(), text).Concat(NumbersInSets(text));

    /// <summary>Source ports, likewise.</summary>
    public static IEnumerable<int> SourcePortsOf(string text) =>
        Numbers(SourcePort(), text).Concat(SourcePort().IsMatch(text) ? NumbersInSets(text) : []);

    /// <summary>The numbers of the protocols that the rule compares.</summary>
    public static IEnumerable<int> ProtocolsOf(string text) => Protocol().Matches(Quoted().Replace(text, ""))
        .SelectMany(match => match.Groups["name"].Captures)
        .Select(name => ProtocolNumbers.Of(name.Value))
        .OfType<int>();

    /// <summary>Whether the rule compares ports with a range, or excludes some.</summary>
    public static bool ComparesPorts(string text) => PortRange().IsMatch(text);

    /// <summary>Whether the rule translates the destination of many ports, and keeps the ports.</summary>
    public static bool TranslatesManyPorts(string text) =>
        Translation().IsMatch(text) && !ToPort().IsMatch(text) && (!Port().IsMatch(text) || ComparesPorts(text));

    /// <summary>Whether the rule gives marks to connections, instead of to packets.</summary>
    public static bool MarksConnections(string text) => ConnectionMark().IsMatch(text);

    /// <summary>Whether the rule gives the mark of a packet to its connection.</summary>
    public static bool SavesMark(string text) => SavedMark().IsMatch(text);

    /// <summary>The marks that the rule gives to packets or to their connections.</summary>
    public static IEnumerable<uint> MarksOf(string text)
    {
        foreach (Match match in Mark().Matches(text))
        {
            if (FwMark.TryParseNumber(match.Groups["mark"].ValueSpan, out uint mark))
                yield return mark;
        }
    }

    /// <summary>
    /// Whether the rule does nothing but stop the packets that it matches, and matches by no negation: it opens no way,
    /// neither for them nor for others.
    /// </summary>
    public static bool OnlyStops(string text)
    {
        string bare = Quoted().Replace(text, "");
        return Stop().IsMatch(bare) && !Opening().IsMatch(bare);
    }

    private static IEnumerable<int> Numbers(Regex ports, string text)
    {
        foreach (Match match in ports.Matches(text))
        {
            foreach (Capture number in match.Groups["port"].Captures)
            {
                if (int.TryParse(number.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out int port)
                    && port <= ushort.MaxValue)
                {
                    yield return match.ValueSpan.Contains('<') ? port - 1 : port;
                }
            }
        }
    }

    // ip daddr . tcp dport { 10.0.0.1 . 80 }, tcp dport vmap { 80 : accept }
    private static IEnumerable<int> NumbersInSets(string text) => !HasPortKey().IsMatch(text)
        ? []
        : Set().Matches(text).SelectMany(set => SetNumber().Matches(set.Value))
            .Select(number => int.Parse(number.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture))
            .Where(port => port <= ushort.MaxValue);

    [GeneratedRegex(
        @"\b\d{1,3}(\.\d{1,3}){3}(/\d{1,2})?|(?<![\w.])[0-9a-fA-F]{0,4}:[0-9a-fA-F:]*(/\d{1,3})?",
        RegexOptions.CultureInvariant)]
    private static partial Regex Address();

    [GeneratedRegex(@"(?:^|\s)(?:-s|--src-range)\s|\bsaddr\b|\bsrc\b", RegexOptions.CultureInvariant)]
    private static partial Regex NamesSource();

    // -s 10.0.0.0/8, --src-range 10.0.0.1-10.0.0.9, ip saddr 10.0.0.0/8, ip saddr != { 10.0.0.1, 10.0.0.2 }; not "saddr
    // . daddr".
    [GeneratedRegex(
        @"(?:(?<=^|\s)(?:-s|--src-range)|\bsaddr) (?:[=!]= )?(?!\. |vmap|map|set|&)(?<from>\{[^}]*\}|\S+)",
        RegexOptions.CultureInvariant)]
    private static partial Regex Source();

    // -d 10.0.0.1/32, ip daddr 10.0.0.1, ip daddr { 10.0.0.1, 10.0.0.2 }; not "! -d", not "daddr != ", and not in a
    // quoted comment.
    [GeneratedRegex(
        @"^[^""]*(?<!! )(?:-d|daddr) (?<to>[0-9a-fA-F.:]+(/\d+)?(?=\s|$)|\{[^}]*\})", RegexOptions.CultureInvariant)]
    private static partial Regex Destination();

    // 8000:8010, 8000-8010, ! --dport 22, dport > 1024
    [GeneratedRegex(@"ports?[^\w]+[\d, ]*\d+[:-]\d+|! -*[ds]?ports?|[ds]port [!<>]", RegexOptions.CultureInvariant)]
    private static partial Regex PortRange();

    [GeneratedRegex(@"\b(DNAT|dnat|REDIRECT|redirect|TPROXY|tproxy|NETMAP)\b", RegexOptions.CultureInvariant)]
    private static partial Regex Translation();

    // --to-destination 10.0.0.5:80, dnat to 10.0.0.5:80, dnat to [fd00::5]:80, --to-ports 80, redirect to :80
    [GeneratedRegex(
        @"(--to-destination|\bto) (\d+(\.\d+){3}|\[[0-9a-fA-F:]+\])?:\d+|--to-ports? \d+",
        RegexOptions.CultureInvariant)]
    private static partial Regex ToPort();

    // --dport 80, --dports 80,443,8000:8010, --ports 80, dport 53, dport { 80, 443 }, dport 8000-8010, --ctorigdstport
    // 80
    [GeneratedRegex(
        @"(?:d|--|dst)ports? (?:[=!<>]+ )?\{? ?(?:(?<port>\d+)(?:[,:-] ?)?)+", RegexOptions.CultureInvariant)]
    private static partial Regex Port();

    [GeneratedRegex(
        @"(?:s|--|src)ports? (?:[=!<>]+ )?\{? ?(?:(?<port>\d+)(?:[,:-] ?)?)+", RegexOptions.CultureInvariant)]
    private static partial Regex SourcePort();

    [GeneratedRegex(@"\b[ds]port (?:\. |vmap |map )", RegexOptions.CultureInvariant)]
    private static partial Regex HasPortKey();

    // -p gre, meta l4proto esp, ip protocol { 47, 50 }, ip6 nexthdr != 47, gre version 0
    [GeneratedRegex(
        @"(?:(?:^|\s)-p|\bl4proto|\bip protocol|\bnexthdr) (?:[=!]= )?\{? ?(?:(?<name>[\w-]+)(?:, ?)?)+" +
        @"|\b(?<name>sctp|dccp|udplite|ah|esp|comp|igmp|gre) ", RegexOptions.CultureInvariant)]
    private static partial Regex Protocol();

    [GeneratedRegex(@"\{[^}]*\}", RegexOptions.CultureInvariant)]
    private static partial Regex Set();

    [GeneratedRegex(@"-m comment|(?:--)?comment (?:""[^""]*""|\S+)", RegexOptions.CultureInvariant)]
    private static partial Regex Comment();

    // Negations, maps and concatenations.
    [GeneratedRegex(@"!|\bv?map\b| \. ", RegexOptions.CultureInvariant)]
    private static partial Regex Distinction();

    [GeneratedRegex(@"(?<![\w.:/])\d{1,5}(?![\w.:/])", RegexOptions.CultureInvariant)]
    private static partial Regex SetNumber();

    // --set-xmark 0x80000/0xff0000, --set-mark 5, meta mark set 0x5, ct mark set ct mark and 0xff or 0x80000
    [GeneratedRegex(
        @"(?:--set-x?mark |--or-mark |mark set (?:[^{}]*?[|&] |or )?)(?<mark>0x[0-9a-fA-F]{1,8}|\d+)",
        RegexOptions.CultureInvariant)]
    private static partial Regex Mark();

    [GeneratedRegex(@"\bCONNMARK\b|\bct mark set\b", RegexOptions.CultureInvariant)]
    private static partial Regex ConnectionMark();

    [GeneratedRegex(
        @"--save-mark|\bct mark set [^{}]*\bmeta mark\b|\bct mark set mark\b", RegexOptions.CultureInvariant)]
    private static partial Regex SavedMark();

    [GeneratedRegex("\"[^\"]*\"", RegexOptions.CultureInvariant)]
    private static partial Regex Quoted();

    [GeneratedRegex(@"-j (?:DROP|REJECT)\b|\b(?:drop|reject)\b", RegexOptions.CultureInvariant)]
    private static partial Regex Stop();

    // A statement of JSON is one that TailSplit does not understand.
    [GeneratedRegex(@"!|\bv?map\b|\bset\b|\bover\b|\b(?:accept|return|continue|jump|goto|queue|dnat|snat|masquerade|redirect|tproxy)\b|\{""", RegexOptions.CultureInvariant)]
    private static partial Regex Opening();
}
