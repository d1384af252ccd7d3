using System.Collections.Immutable;
using System.Globalization;
using TailSplit.Core.Foreign;
using TailSplit.Core.Kernel;
using TailSplit.Core.Model;

namespace TailSplit.Core.Proving;

/// <summary>By what one rule can distinguish packets.</summary>
internal sealed record RuleMentions
{
    /// <summary>Whether it does nothing but stop what it matches: it can open no way.</summary>
    public bool OnlyStops { get; private init; }

    /// <summary>
    /// Its place and everything but its prefix, and its port if it has one: rules with the same text treat their
    /// prefixes alike. Null if it must be looked at by itself.
    /// </summary>
    public string? Shape { get; private init; }

    /// <summary>Prefixes that are compared with destinations, or with something that is not known.</summary>
    public ImmutableArray<Cidr> Prefixes { get; private init; } = [];

    /// <summary>The only destinations that it matches; none if it does not say.</summary>
    public ImmutableArray<Cidr> Destinations { get; init; } = [];

    /// <summary>Prefixes that are compared with sources.</summary>
    public ImmutableArray<Cidr> Sources { get; private init; } = [];

    /// <summary>Destination ports: the first and the last of each range.</summary>
    public ImmutableArray<int> Ports { get; private init; } = [];

    /// <summary>Source ports, likewise.</summary>
    public ImmutableArray<int> SourcePorts { get; private init; } = [];

    /// <summary>The protocols that it compares besides TCP, UDP and ICMP, by number.</summary>
    public ImmutableArray<int> Protocols { get; private init; } = [];

    /// <summary>Whether it compares ports with a range, or excludes some.</summary>
    public bool ComparesPorts { get; private init; }

    /// <summary>Whether it translates the destination of many ports, and keeps the ports.</summary>
    public bool TranslatesManyPorts { get; private init; }

    /// <summary>Its table; null for an ip rule.</summary>
    public string? Table { get; private init; }

    /// <summary>Marks that it gives to packets.</summary>
    public ImmutableArray<uint> Marks { get; private init; } = [];

    /// <summary>Marks that it gives to connections.</summary>
    public ImmutableArray<uint> ConnectionMarks { get; private init; } = [];

    /// <summary>Whether it gives the mark of a packet to its connection.</summary>
    public bool SavesMark { get; private init; }

    /// <summary>Whether it is about one port of some destinations, as a rule for a service is.</summary>
    public bool IsOfService => Ports.Length == 1 && !ComparesPorts && !Destinations.IsEmpty;

    /// <summary>What the rules of a chain mention.</summary>
    /// <param name="table">The table's name.</param>
    /// <param name="chain">The chain's name.</param>
    /// <param name="texts">Its rules in order, as iptables-save or nft prints them.</param>
    public static IEnumerable<RuleMentions> OfChain(string table, string chain, IEnumerable<string> texts)
    {
        // A rule that only stops packets can make a later place less open, but the first of a group comes before it.
        int before = 0;
        foreach (string text in texts)
        {
            RuleMentions mentions = Of(text, table, string.Create(CultureInfo.InvariantCulture, $"{chain} {before}"));
            yield return mentions;
            before += mentions.OnlyStops || !mentions.Sources.IsEmpty || !mentions.Destinations.IsEmpty ? 0 : 1;
        }
    }

    public static RuleMentions Of(KernelRoutingRule rule) => new()
    {
        Prefixes = rule.To is Cidr to ? [to] : [],
        Destinations = rule is { Inverted: false, To: Cidr only } ? [only] : [],
        Sources = rule.From is Cidr from ? [from] : [],
        Ports = EndsOf(rule.DestinationPort),
        SourcePorts = EndsOf(rule.SourcePort),
        Protocols = rule.IpProtocol is int protocol ? Others([protocol]) : [],
        ComparesPorts = rule.Inverted || IsRange(rule.DestinationPort) || IsRange(rule.SourcePort),
    };

    private static RuleMentions Of(string text, string table, string place)
    {
        bool marksConnections = RuleWords.MarksConnections(text);
        ImmutableArray<uint> marks = [.. RuleWords.MarksOf(text)];
        ImmutableArray<Cidr> sources = [.. RuleWords.SourcesOf(text)];
        string rest = sources.IsEmpty ? text : RuleWords.WithoutSource(text);
        RuleMentions mentions = new()
        {
            OnlyStops = RuleWords.OnlyStops(text),
            Sources = sources,
            Prefixes = [.. RuleWords.PrefixesOf(rest)],
            Destinations = [.. RuleWords.DestinationsOf(text)],
            Ports = [.. RuleWords.PortsOf(text)],
            SourcePorts = [.. RuleWords.SourcePortsOf(text)],
            Protocols = Others(RuleWords.ProtocolsOf(text)),
            ComparesPorts = RuleWords.ComparesPorts(text),
            TranslatesManyPorts = RuleWords.TranslatesManyPorts(text),
            Table = table,
            Marks = marksConnections ? [] : marks,
            ConnectionMarks = marksConnections ? marks : [],
            SavesMark = RuleWords.SavesMark(text),
        };
        return RuleWords.ShapeOf(text, withPort: !mentions.IsOfService) is string shape
            ? mentions with { Shape = $"{table} {place} {shape}" }
            : mentions;
    }

    private static ImmutableArray<int> Others(IEnumerable<int> protocols) =>
        [.. protocols.Where(number => number is > 1 and not (6 or 17 or 58) and <= byte.MaxValue).Distinct()];

    private static ImmutableArray<int> EndsOf(PortRange? ports) =>
        ports is not PortRange range ? [] : range.First == range.Last ? [range.First] : [range.First, range.Last];

    private static bool IsRange(PortRange? ports) => ports is PortRange range && range.First < range.Last;
}
