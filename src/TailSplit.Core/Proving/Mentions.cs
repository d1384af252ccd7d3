using System.Globalization;
using System.Text.RegularExpressions;
using TailSplit.Core.Iptables;
using TailSplit.Core.Kernel;
using TailSplit.Core.Model;
using TailSplit.Core.Tracing;

namespace TailSplit.Core.Proving;

/// <summary>The prefixes and ports that rules, sets and routes of a host mention: what they can tell packets apart by.</summary>
internal sealed partial class Mentions
{
    private readonly HashSet<Cidr> _prefixes = [];
    private readonly HashSet<int> _ports = [];
    private readonly HashSet<(int Port, Cidr Destination)> _portsOfDestinations = [];
    private bool _hasRanges;

    private Mentions()
    {
    }

    public IReadOnlyCollection<Cidr> Prefixes => _prefixes;

    /// <summary>Destination ports of rules that name no destination: first and last ones of ranges.</summary>
    public IReadOnlyCollection<int> Ports => _ports;

    /// <summary>Destination ports of rules that name a destination as well.</summary>
    public IReadOnlyCollection<(int Port, Cidr Destination)> PortsOfDestinations => _portsOfDestinations;

    public static Mentions Of(TraceHost host)
    {
        string[] texts = [.. Texts(host)];
        Mentions mentions = new()
        {
            _hasRanges = texts.Any(text => PortRange().IsMatch(text))
                || host.Rules.Any(rule => rule.Whole.DestinationPort is PortRange ports && ports.First < ports.Last),
        };
        foreach (LiveRoute route in host.Routes)
            mentions._prefixes.Add(route.Destination);

        foreach (KernelRoutingRule rule in host.Rules.Select(rule => rule.Whole))
        {
            foreach (Cidr prefix in new[] { rule.To, rule.From }.OfType<Cidr>())
                mentions._prefixes.Add(prefix);

            if (rule.DestinationPort is PortRange ports)
                mentions._ports.UnionWith([.. mentions.Around(ports.First), .. mentions.Around(ports.Last)]);
        }

        // Behind a translation that keeps many ports, a rule may see a destination that the packet was not sent to.
        bool isTranslated = texts.Any(text =>
            Translation().IsMatch(text) && !ToPort().IsMatch(text) && (!Port().IsMatch(text) || PortRange().IsMatch(text)));
        foreach (string text in texts)
            mentions.Read(text, isTranslated);

        return mentions;
    }

    private static IEnumerable<string> Texts(TraceHost host) =>
    [
        .. new[] { host.Firewall, host.OtherFirewall }
            .SelectMany(saved => saved?.Tables ?? [])
            .SelectMany(table => table.Chains)
            .SelectMany(chain => chain.Rules)
            .Select(rule => rule.ToString()),
        .. host.Native.Ruleset.Texts(Unread(host.Firewall)),
    ];

    private static HashSet<string> Unread(SavedRuleset? saved) => saved is null
        ? []
        : [.. saved.LeftOut, .. saved.WithOtherBaseChains, .. saved.Tables.Where(table => table.Unreadable is not null).Select(table => table.Name)];

    private void Read(string text, bool isTranslated)
    {
        Cidr? destination = !isTranslated && Destination().Match(text) is { Success: true } named
            && Cidr.TryParseMasked(named.Groups["to"].Value, out Cidr to) ? to : null;
        foreach (ValueMatch match in Address().EnumerateMatches(text))
        {
            string word = text.Substring(match.Index, match.Length).TrimEnd('.', ':');
            if (Cidr.TryParseMasked(word, out Cidr prefix))
                _prefixes.Add(prefix);
        }

        foreach (Match match in Port().Matches(text))
        {
            foreach (Capture number in match.Groups["port"].Captures)
            {
                if (!int.TryParse(number.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out int port) || port > ushort.MaxValue)
                    continue;

                // What is less than a port does not include it.
                foreach (int asked in Around(match.ValueSpan.Contains('<') ? port - 1 : port))
                {
                    if (destination is Cidr only)
                        _portsOfDestinations.Add((asked, only));
                    else
                        _ports.Add(asked);
                }
            }
        }
    }

    // Behind the last port of a range, another rule may decide.
    private int[] Around(int port) =>
        _hasRanges && port < ushort.MaxValue ? [Math.Max(port, 0), port + 1] : [Math.Max(port, 0)];

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
    [GeneratedRegex(@"(to-destination|\bto) (\d+(\.\d+){3}|\[[0-9a-fA-F:]+\])?:\d+|to-ports? \d+", RegexOptions.CultureInvariant)]
    private static partial Regex ToPort();

    // --dport 80, --dports 80,443,8000:8010, dport 53, dport { 80, 443 }, dport 8000-8010
    [GeneratedRegex(@"dports? (?:[=!<>]+ )?\{? ?(?:(?<port>\d+)(?:[,:-] ?)?)+", RegexOptions.CultureInvariant)]
    private static partial Regex Port();
}
