using TailSplit.Core.Foreign;
using TailSplit.Core.Iptables;
using TailSplit.Core.Kernel;
using TailSplit.Core.Model;
using TailSplit.Core.Tracing.Walk;

namespace TailSplit.Core.Proving;

/// <summary>
/// The prefixes and ports that rules, sets and routes of a host mention: by which they can distinguish packets.
/// </summary>
internal sealed class Mentions
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
            _hasRanges = texts.Any(RuleWords.ComparesPorts)
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

        // After a translation that keeps many ports, a rule may see a destination that the packet was not sent to.
        bool isTranslated = texts.Any(RuleWords.TranslatesManyPorts);
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
        Cidr? destination = isTranslated ? null : RuleWords.DestinationOf(text);
        _prefixes.UnionWith(RuleWords.PrefixesOf(text));
        foreach (int asked in RuleWords.PortsOf(text).SelectMany(Around))
        {
            if (destination is Cidr only)
                _portsOfDestinations.Add((asked, only));
            else
                _ports.Add(asked);
        }
    }

    // After the last port of a range, another rule may decide.
    private int[] Around(int port) =>
        _hasRanges && port < ushort.MaxValue ? [Math.Max(port, 0), port + 1] : [Math.Max(port, 0)];
}
