using System.Globalization;
using TailSplit.Core.Kernel;
using TailSplit.Core.Model;

namespace TailSplit.Core.Proving;

/// <summary>By what the rules and routes of a host can distinguish packets.</summary>
internal sealed class Mentions
{
    private static readonly int[] s_usualTcp = [443, 50_443, 50_444, 50_445];
    private static readonly int[] s_usualUdp = [40_404, 40_405, 40_406, 40_407];

    // For experiments (RFC 3692), then unassigned ones.
    private static readonly int[] s_usualProtocols = [253, 254, 200, 201];

    private readonly bool _hasRanges;

    /// <param name="rules">The rules that the packets can meet.</param>
    /// <param name="routes">All routes of the family.</param>
    /// <param name="marks">The marks that a connection can have.</param>
    public Mentions(
        IReadOnlyCollection<RuleMentions> rules, IEnumerable<LiveRoute> routes, IReadOnlyCollection<uint> marks)
    {
        RuleMentions[] opening = [.. rules.Where(rule => !rule.OnlyStops)];
        RuleMentions[] stopping = [.. rules.Where(rule => rule.OnlyStops)];
        _hasRanges = rules.Any(rule => rule.ComparesPorts);
        HashSet<int> shared = [.. opening.Where(rule => !rule.IsOfService).SelectMany(rule => rule.Ports)];
        PrefixGroups destinations = new(
            opening.SelectMany(rule => rule.Prefixes.Select(prefix => (prefix, OriginOf(rule, prefix, shared))))
                .Concat(routes.Select(route => (route.Destination, OriginOf(route)))));
        PrefixGroups sources = new(
            opening.SelectMany(rule => rule.Sources.Select(source => (source, OriginOf(rule, source, shared)))));
        Prefixes = destinations.Kept;
        Sources = sources.Kept;
        OtherDestinations = new AddressUnion([.. stopping.SelectMany(rule => rule.Prefixes), .. destinations.Alike]);
        OtherSources = [.. stopping.SelectMany(rule => rule.Sources), .. sources.Alike];
        Marks = marks;

        // After a translation that keeps many ports, a rule may see a destination that the packet was not sent to.
        bool isTranslated = opening.Any(rule => rule.TranslatesManyPorts);
        RuleMentions[] looking =
        [
            .. opening.Concat(stopping.Where(rule => rule.ComparesPorts))
                .Where(rule => rule.Destinations.IsEmpty || !rule.Destinations.All(destinations.Alike.Contains))
                .Select(rule => isTranslated ? rule with { Destinations = [] } : rule),
        ];
        Services = [.. looking.Where(rule => !rule.Destinations.IsEmpty && !rule.Ports.IsEmpty)];
        Ports = [.. Around(looking.Where(rule => rule.Destinations.IsEmpty).SelectMany(rule => rule.Ports))];
        Conditions =
        [
            .. looking
                .Where(rule => !rule.OnlyStops && (!rule.SourcePorts.IsEmpty || !rule.Protocols.IsEmpty
                    || (!rule.Sources.IsEmpty && (!rule.Ports.IsEmpty || !rule.Destinations.IsEmpty)
                        && !rule.Sources.All(sources.Alike.Contains))))
                .DistinctBy(rule => (
                    string.Join(',', rule.Destinations),
                    string.Join(',', rule.Sources),
                    string.Join(',', rule.Ports),
                    string.Join(',', rule.SourcePorts),
                    string.Join(',', rule.Protocols))),
        ];
        HashSet<int> named = [.. rules.SelectMany(rule => rule.Ports)];
        TcpPort = s_usualTcp.FirstOrDefault(port => !named.Contains(port), s_usualTcp[0]);
        UdpPort = s_usualUdp.FirstOrDefault(port => !named.Contains(port), s_usualUdp[0]);
        HashSet<int> protocols = [.. rules.SelectMany(rule => rule.Protocols)];
        Protocol = s_usualProtocols.FirstOrDefault(number => !protocols.Contains(number), s_usualProtocols[0]);
    }

    /// <summary>Prefixes by which destinations are distinguished, one of each group that is treated alike.</summary>
    public IReadOnlyCollection<Cidr> Prefixes { get; }

    /// <summary>Prefixes by which sources are distinguished, likewise.</summary>
    public IReadOnlyCollection<Cidr> Sources { get; }

    /// <summary>
    /// Destinations that represent no others: of a group that has another one, or that some rule only stops.
    /// </summary>
    public AddressUnion OtherDestinations { get; }

    /// <summary>Sources that represent no others.</summary>
    public IReadOnlyCollection<Cidr> OtherSources { get; }

    /// <summary>Destination ports of rules that name no destination: first and last ones of ranges.</summary>
    public IReadOnlyCollection<int> Ports { get; }

    /// <summary>Rules that name ports of some destinations.</summary>
    public IReadOnlyCollection<RuleMentions> Services { get; }

    /// <summary>
    /// Rules that name source ports, another protocol than TCP, UDP and ICMP, or a source with something else.
    /// </summary>
    public IReadOnlyCollection<RuleMentions> Conditions { get; }

    /// <summary>The marks that a connection can have.</summary>
    public IReadOnlyCollection<uint> Marks { get; }

    /// <summary>A port that represents all TCP ports that no rule names.</summary>
    public int TcpPort { get; }

    /// <summary>A port that represents all UDP ports that no rule names.</summary>
    public int UdpPort { get; }

    /// <summary>A protocol that represents all that no rule names, besides TCP, UDP and ICMP.</summary>
    public int Protocol { get; }

    /// <summary>
    /// The marks that connections can get from rules: given to them, or to their packets in a table that saves marks. A
    /// table that comes later gives packets marks that are not saved.
    /// </summary>
    public static uint[] MarksOf(IReadOnlyCollection<RuleMentions> rules)
    {
        HashSet<string?> saving = [.. rules.Where(rule => rule.SavesMark).Select(rule => rule.Table)];
        return
        [
            .. rules
                .SelectMany(rule => saving.Contains(rule.Table)
                    ? rule.ConnectionMarks.AddRange(rule.Marks)
                    : rule.ConnectionMarks)
                .Where(mark => mark != 0)
                .Distinct(),
        ];
    }

    /// <summary>
    /// The ports to try for those that a rule names: after the last port of a range, another rule may decide.
    /// </summary>
    public IEnumerable<int> Around(IEnumerable<int> ports) => ports
        .SelectMany(port =>
            _hasRanges && port < ushort.MaxValue ? [Math.Max(port, 0), port + 1] : (int[])[Math.Max(port, 0)])
        .Distinct();

    // Services on different ports are alike unless another rule looks at one of the ports.
    private static string OriginOf(RuleMentions rule, Cidr prefix, HashSet<int> shared) =>
        rule.Shape is null ? $"{prefix}"
        : rule.IsOfService && shared.Contains(rule.Ports[0])
            ? string.Create(CultureInfo.InvariantCulture, $"{rule.Shape} {rule.Ports[0]}")
        : rule.Shape;

    // An ip rule can leave out routes by the length of their prefixes.
    private static string OriginOf(LiveRoute route) => string.Create(
        CultureInfo.InvariantCulture,
        $"{route.Table} {route.Kind} {route.Destination.PrefixLength} {route.From} {string.Join(',', route.NextHops)}");
}
