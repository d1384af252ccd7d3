using System.Collections.Immutable;
using System.Net;
using TailSplit.Core.Kernel;
using TailSplit.Core.Model;
using TailSplit.Core.Rules;
using TailSplit.Core.Tracing;
using TailSplit.Core.Tracing.Walk;

namespace TailSplit.Core.Proving;

/// <summary>One packet of each class that a container of a policy can send.</summary>
/// <remarks>
/// Destinations are cut along every prefix that a rule, a set or a route mentions. Each is tried by ICMP, TCP and UDP,
/// by DNS, and by a protocol that no rule names, as the first packet of a connection, as a later one, and as an answer.
/// A port, or a protocol that a rule names, is tried with one destination of each kind: within the destination that its
/// rule names, or anywhere.
/// </remarks>
internal sealed class PacketClasses
{
    private static readonly Cidr[] s_unnamed =
    [
        Cidr.Parse("198.18.77.77/32"), Cidr.Parse("203.0.113.77/32"), Cidr.Parse("2001:db8:77::77/128"),
        Cidr.Parse("3fff:77::77/128"),
    ];

    private readonly Policy _policy;
    private readonly IpFamily _family;
    private readonly string _bridge;
    private readonly TraceGround _ground;
    private readonly PeerFinder _peers;
    private readonly Mentions _mentions;
    private readonly IPAddress[] _destinations;
    private readonly IPAddress[] _oneOfEach;
    private readonly AddressUnion _notSenders;

    public PacketClasses(Policy policy, IpFamily family, TraceGround ground, PeerFinder peers, Mentions mentions)
    {
        (_policy, _family, _ground, _peers, _mentions) = (policy, family, ground, peers, mentions);
        _bridge = policy.Target.Bridge!.Value.ToString();
        _destinations =
        [
            .. AddressClasses.Of(
                family,
                [.. mentions.Prefixes, .. policy.Target.Subnets, .. peers.Named],
                avoided: mentions.OtherDestinations),
        ];
        _oneOfEach = [.. OneOfEach(_destinations)];
        _notSenders = new AddressUnion(
        [
            .. mentions.OtherSources,
            .. ground.Tables.All.Where(route => route.Table == KernelTable.Local).Select(route => route.Destination),
        ]);
    }

    /// <summary>Packets with an address of the network.</summary>
    public IEnumerable<Packet> Own()
    {
        int[] ports = [.. _mentions.Ports.Except([_mentions.TcpPort, _mentions.UdpPort, ServicePort.Dns])];
        IPAddress[] senders = [.. _policy.Target.SubnetsOf(_family).SelectMany(Senders)];
        foreach (IPAddress source in senders)
        {
            bool isFirst = source == senders[0];
            foreach (IPAddress destination in isFirst ? _destinations : _oneOfEach)
            {
                foreach (Packet packet in Usual(source, destination).SelectMany(InEachState))
                    yield return packet;
            }

            foreach (Packet packet in (isFirst ? Named(source, ports) : []).SelectMany(InEachState))
                yield return packet;
        }

        foreach (Packet packet in senders.Take(1).SelectMany(Errors).Concat(senders.Take(1).SelectMany(Marked)))
            yield return packet;

        foreach (RuleMentions condition in _mentions.Conditions)
        {
            foreach (Packet packet in Of(condition, [.. SourcesOf(condition, senders)]))
                yield return packet;
        }
    }

    /// <summary>Packets with an address that no container of the network has.</summary>
    public IEnumerable<Packet> Forged()
    {
        Cidr[] foreign =
        [
            .. _mentions.Sources
                .Where(source => source.Family == _family && !_policy.Target.Subnets.Any(source.Overlaps)),
        ];
        IPAddress[] senders =
        [
            .. s_unnamed.Where(source => source.Family == _family)
                .OrderBy(source => foreign.Any(named => named.Contains(source)) ? 1 : 0).Take(1)
                .Concat(foreign)
                .Select(AddressIn)
                .Where(address => IsSender(address) && AddressClasses.IsForwarded(address))
                .Distinct(),
        ];
        foreach (IPAddress destination in _oneOfEach.Where(destination => _peers.Of(destination) != Peer.OwnNetwork))
        {
            foreach (IPAddress source in senders)
            {
                Packet udp = new(_bridge, source, destination, PacketProtocol.Udp, _mentions.UdpPort);
                Packet other = Other(source, destination, _mentions.Protocol);
                foreach (Packet packet in InEachState(udp).Concat(InEachState(other)))
                    yield return packet;
            }
        }

        foreach (RuleMentions condition in _mentions.Conditions)
        {
            IPAddress[] named =
            [
                .. condition.Sources.IsEmpty && !condition.Protocols.IsEmpty
                    ? senders.Take(1)
                    : senders.Where(sender => condition.Sources.Any(source => source.Contains(sender))),
            ];
            foreach (Packet packet in Of(condition, named))
            {
                if (_peers.Of(packet.Destination) != Peer.OwnNetwork)
                    yield return packet;
            }
        }
    }

    private IEnumerable<Packet> Usual(IPAddress source, IPAddress destination) =>
    [
        new(_bridge, source, destination, PacketProtocol.Tcp, _mentions.TcpPort),
        new(_bridge, source, destination, PacketProtocol.Udp, _mentions.UdpPort),
        new(_bridge, source, destination, PacketProtocol.Udp, ServicePort.Dns),
        new(_bridge, source, destination, PacketProtocol.Icmp, 0),
        Other(source, destination, _mentions.Protocol),
    ];

    // Of another protocol. The ports of DCCP, SCTP and UDP-Lite are those that rules name, or one that none names.
    private Packet Other(IPAddress source, IPAddress destination, int protocol, int port = 0) =>
        new(_bridge, source, destination, PacketProtocol.Other, port) { OtherProtocol = protocol };

    // The ports that rules name, alone or with a destination.
    private IEnumerable<Packet> Named(IPAddress source, int[] ports)
    {
        IEnumerable<(IPAddress Destination, int Port)> named = _oneOfEach
            .SelectMany(destination => ports.Select(port => (destination, port)))
            .Concat(_mentions.Services.SelectMany(service => OneOfEachIn(service.Destinations)
                .SelectMany(destination => _mentions.Around(service.Ports).Select(port => (destination, port)))));
        foreach ((IPAddress destination, int port) in named)
        {
            yield return new(_bridge, source, destination, PacketProtocol.Tcp, port);
            yield return new(_bridge, source, destination, PacketProtocol.Udp, port);
        }
    }

    private IEnumerable<Packet> Of(RuleMentions condition, IReadOnlyCollection<IPAddress> sources)
    {
        int[] ports = [.. _mentions.Around(condition.Ports).DefaultIfEmpty(_mentions.TcpPort)];
        int?[] clients = [.. _mentions.Around(condition.SourcePorts).Select(port => (int?)port).DefaultIfEmpty()];
        IPAddress[] destinations =
            condition.Destinations.IsEmpty ? _oneOfEach : [.. OneOfEachIn(condition.Destinations)];
        bool isOfOthers = !condition.Protocols.IsEmpty && condition.Ports.IsEmpty && condition.SourcePorts.IsEmpty;
        foreach (IPAddress source in sources)
        {
            foreach (IPAddress destination in destinations)
            {
                foreach (Packet packet in condition.Protocols
                    .SelectMany(protocol => ports.Select(port => Other(source, destination, protocol, port)))
                    .SelectMany(InEachState))
                {
                    yield return packet;
                }

                if (isOfOthers)
                    continue;

                foreach ((int port, int? client) in ports.SelectMany(port => clients.Select(client => (port, client))))
                {
                    Packet tcp = new(_bridge, source, destination, PacketProtocol.Tcp, port) { ClientPort = client };
                    Packet udp = tcp with { Protocol = PacketProtocol.Udp };
                    int? asked = condition.Ports.IsEmpty ? null : port;
                    foreach (Packet packet in InEachStateAs(tcp, asked).Concat(InEachStateAs(udp, asked)))
                        yield return packet;
                }
            }
        }
    }

    private static IEnumerable<IPAddress> SourcesOf(RuleMentions condition, IPAddress[] senders) =>
        condition.Sources.IsEmpty
            ? senders.Take(1)
            : senders.Where(sender => condition.Sources.Any(source => source.Contains(sender)));

    private static IEnumerable<Packet> InEachState(Packet first) => InEachStateAs(first, asked: null);

    // An answer comes from the port that the container publishes, to one that a rule may name.
    private static IEnumerable<Packet> InEachStateAs(Packet first, int? asked) =>
    [
        first,
        first with { State = ConnectionState.Established },
        first with
        {
            State = ConnectionState.Established,
            IsAnswer = true,
            Port = first.ClientPort ?? first.Port,
            ClientPort = first.ClientPort is null ? null : asked,
        },
    ];

    private IEnumerable<Packet> Errors(IPAddress source) => _oneOfEach.SelectMany(destination => (IEnumerable<Packet>)
    [
        new(_bridge, source, destination, PacketProtocol.Icmp, 0) { State = ConnectionState.Related },
        new(_bridge, source, destination, PacketProtocol.Icmp, 0) { State = ConnectionState.Related, IsAnswer = true },
    ]);

    // A connection has a mark that an earlier packet of it got.
    private IEnumerable<Packet> Marked(IPAddress source) => _oneOfEach
        .SelectMany(destination => Usual(source, destination))
        .SelectMany(InEachState)
        .Where(packet => packet.State != ConnectionState.New)
        .SelectMany(packet => _mentions.Marks.Select(mark => packet with { ConnectionMark = mark }));

    private IEnumerable<IPAddress> OneOfEach(IEnumerable<IPAddress> destinations) =>
        destinations.GroupBy(_peers.Of).Select(peer => peer.First());

    // A prefix can hold destinations of several kinds.
    private IEnumerable<IPAddress> OneOfEachIn(ImmutableArray<Cidr> prefixes) =>
        OneOfEach(prefixes is [{ IsHost: true } host]
            ? host.Family == _family && AddressClasses.IsForwarded(host.Address) ? [host.Address] : []
            : _destinations.Where(destination => prefixes.Any(prefix => prefix.Contains(destination))));

    // A container's addresses, one of each piece of its subnet that rules distinguish, without those of the host.
    private IEnumerable<IPAddress> Senders(Cidr subnet)
    {
        IPAddress[] unnamed =
        [
            .. Enumerable.Range(2, 250)
                .Select(offset => Cidr.AddressAt(subnet.Family, subnet.Span.First + (UInt128)offset))
                .Where(address => subnet.Contains(address) && IsSender(address)
                    && !_mentions.Sources.Any(source => source.IsHost && source.Contains(address))),
        ];
        // A rule that stops the whole subnet distinguishes none of them.
        AddressUnion stopped = new(_mentions.OtherSources.Where(source => !source.Contains(subnet)));
        IPAddress? usual = Array.Find(unnamed, address => !stopped.Contains(address)) ?? unnamed.FirstOrDefault();
        IEnumerable<IPAddress> named = AddressClasses
            .Of(_family, _mentions.Sources.Where(source => source.Overlaps(subnet)), subnet, _notSenders)
            .Where(address => IsSender(address) && _mentions.Sources.Any(source =>
                source.PrefixLength > subnet.PrefixLength && source.Contains(address)));
        return usual is null ? named : named.Prepend(usual).Distinct();
    }

    private bool IsSender(IPAddress address) => _ground.Types.Of(address) == RouteKind.Unicast;

    // Not the first address, which may be that of the network itself.
    private IPAddress AddressIn(Cidr prefix)
    {
        (UInt128 first, UInt128 last) = prefix.Span;
        UInt128 start = last - first > 2 ? first + 2 : first;
        return Cidr.AddressAt(prefix.Family, _notSenders.FirstOutside(prefix.Family, start, last) ?? start);
    }
}
