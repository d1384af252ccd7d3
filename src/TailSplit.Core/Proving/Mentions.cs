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

    private Mentions()
    {
    }

    public IReadOnlyCollection<Cidr> Prefixes => _prefixes;

    /// <summary>Destination ports, first and last ones of ranges.</summary>
    public IReadOnlyCollection<int> Ports => _ports;

    public static Mentions Of(TraceHost host)
    {
        Mentions mentions = new();
        foreach (LiveRoute route in host.Routes)
            mentions._prefixes.Add(route.Destination);

        foreach (KernelRoutingRule rule in host.Rules.Select(rule => rule.Whole))
        {
            foreach (Cidr prefix in new[] { rule.To, rule.From }.OfType<Cidr>())
                mentions._prefixes.Add(prefix);

            if (rule.DestinationPort is PortRange ports)
                mentions.Add(ports.First, ports.Last);
        }

        foreach (string text in Texts(host))
            mentions.Read(text);

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

    private void Read(string text)
    {
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
                if (int.TryParse(number.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out int port) && port <= ushort.MaxValue)
                    Add(port, port);
            }
        }
    }

    private void Add(int first, int last)
    {
        _ports.Add(first);
        _ports.Add(last);
        // Behind the last one things may be different again.
        if (last < ushort.MaxValue)
            _ports.Add(last + 1);
    }

    [GeneratedRegex(@"\b\d{1,3}(\.\d{1,3}){3}(/\d{1,2})?|(?<![\w.])[0-9a-fA-F]{0,4}:[0-9a-fA-F:]*(/\d{1,3})?", RegexOptions.CultureInvariant)]
    private static partial Regex Address();

    // --dport 80, --dports 80,443,8000:8010, dport 53, dport { 80, 443 }, dport 8000-8010
    [GeneratedRegex(@"dports? (?:[=!<>]+ )?\{? ?(?:(?<port>\d+)(?:[,:-] ?)?)+", RegexOptions.CultureInvariant)]
    private static partial Regex Port();
}
