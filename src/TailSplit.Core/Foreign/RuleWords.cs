using System.Globalization;
using System.Text.RegularExpressions;
using TailSplit.Core.Model;

namespace TailSplit.Core.Foreign;

/// <summary>
/// The addresses and ports in the text of a rule, as iptables-save or nft prints it. It need not understand the rule: a
/// superfluous word only costs one more trace.
/// </summary>
internal static partial class RuleWords
{
    public static IEnumerable<Cidr> PrefixesOf(string text)
    {
        foreach (Match match in Address().Matches(text))
        {
            if (Cidr.TryParseMasked(match.Value.TrimEnd('.', ':'), out Cidr prefix))
                yield return prefix;
        }
    }

    /// <summary>The only destination that the rule matches; null if it names none.</summary>
    public static Cidr? DestinationOf(string text) =>
        Destination().Match(text) is { Success: true } named && Cidr.TryParseMasked(named.Groups["to"].Value, out Cidr to) ? to : null;

    /// <summary>Destination ports: first and last ones of ranges. "Less than 100" is 99.</summary>
    public static IEnumerable<int> PortsOf(string text)
    {
        foreach (Match match in Port().Matches(text))
        {
            foreach (Capture number in match.Groups["port"].Captures)
            {
                if (int.TryParse(number.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out int port) && port <= ushort.MaxValue)
                    yield return match.ValueSpan.Contains('<') ? port - 1 : port;
            }
        }
    }

    /// <summary>Whether the rule compares ports with a range, or excludes some.</summary>
    public static bool ComparesPorts(string text) => PortRange().IsMatch(text);

    /// <summary>Whether the rule translates the destination of many ports, and keeps the ports.</summary>
    public static bool TranslatesManyPorts(string text) =>
        Translation().IsMatch(text) && !ToPort().IsMatch(text) && (!Port().IsMatch(text) || ComparesPorts(text));

    [GeneratedRegex(@"\b\d{1,3}(\.\d{1,3}){3}(/\d{1,2})?|(?<![\w.])[0-9a-fA-F]{0,4}:[0-9a-fA-F:]*(/\d{1,3})?", RegexOptions.CultureInvariant)]
    private static partial Regex Address();

    // -d 10.0.0.1/32, ip daddr 10.0.0.1; not "! -d", not "daddr != ", and not in a quoted comment.
    [GeneratedRegex(@"^[^""]*(?<!! )(?:-d|daddr) (?<to>[0-9a-fA-F.:]+(/\d+)?)(?=\s|$)", RegexOptions.CultureInvariant)]
    private static partial Regex Destination();

    // 8000:8010, 8000-8010, ! --dport 22, dport > 1024
    [GeneratedRegex(@"dports?[^\w]+[\d, ]*\d+[:-]\d+|! -*dport|dport [!<>]", RegexOptions.CultureInvariant)]
    private static partial Regex PortRange();

    [GeneratedRegex(@"\b(DNAT|dnat|REDIRECT|redirect|TPROXY|tproxy|NETMAP)\b", RegexOptions.CultureInvariant)]
    private static partial Regex Translation();

    // --to-destination 10.0.0.5:80, dnat to 10.0.0.5:80, dnat to [fd00::5]:80, --to-ports 80, redirect to :80
    [GeneratedRegex(@"(--to-destination|\bto) (\d+(\.\d+){3}|\[[0-9a-fA-F:]+\])?:\d+|--to-ports? \d+", RegexOptions.CultureInvariant)]
    private static partial Regex ToPort();

    // --dport 80, --dports 80,443,8000:8010, dport 53, dport { 80, 443 }, dport 8000-8010
    [GeneratedRegex(@"dports? (?:[=!<>]+ )?\{? ?(?:(?<port>\d+)(?:[,:-] ?)?)+", RegexOptions.CultureInvariant)]
    private static partial Regex Port();
}
