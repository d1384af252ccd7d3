using System.Net;
using TailSplit.Core.Kernel;
using TailSplit.Core.Model;

namespace TailSplit.Core.Tracing.Native;

/// <summary>The values of fields for a packet on its way.</summary>
internal sealed class NativeFields(AddressTypes types, FibLookup fib)
{
    private const uint InvalidState = 1;
    private const uint EstablishedState = 2;
    private const uint RelatedState = 4;
    private const uint NewState = 8;
    private const uint UntrackedState = 64;
    private const uint SeenReplyStatus = 2;
    private const uint AssuredStatus = 4;
    private const uint ConfirmedStatus = 8;
    private const uint SnatStatus = 16;
    private const uint DnatStatus = 32;
    private const uint Syn = 2;
    private const uint Ack = 16;
    private const uint DontFragment = 0x4000;

    public PacketValue Of(string field, Packet packet) => field switch
    {
        "iifname" or "iif" => new InterfaceValue(packet.In),
        "oifname" or "oif" => new InterfaceValue(packet.Out ?? ""),
        "meta mark" => PacketValue.Of(packet.Mark),
        "meta l4proto" => PacketValue.Of((uint)packet.IpProtocol),
        "meta nfproto" => PacketValue.Of(packet.Family == IpFamily.IPv4 ? 2u : 10),
        "meta protocol" or "ether type" => PacketValue.Of(packet.Family == IpFamily.IPv4 ? 0x0800u : 0x86dd),
        // Forwarded packets have no socket of the host.
        "meta skuid" or "meta skgid" => PacketValue.Absent,
        _ when field.StartsWith("ct ", StringComparison.Ordinal) => Connection(field, packet),
        _ when field.StartsWith("fib ", StringComparison.Ordinal) =>
            Fib(field.Split(' ', StringSplitOptions.RemoveEmptyEntries), packet),
        _ => Header(field, packet),
    };

    public static bool IsDestinationPort(string field) =>
        field is "tcp dport" or "udp dport" or "th dport" or "sctp dport" or "dccp dport" or "udplite dport";

    public static bool IsSourcePort(string field) =>
        field is "tcp sport" or "udp sport" or "th sport" or "sctp sport" or "dccp sport" or "udplite sport";

    private static PacketValue Header(string field, Packet packet)
    {
        string header = field.Split(' ')[0];
        if (!Has(header, packet))
            return PacketValue.Absent;

        return field switch
        {
            "ip saddr" or "ip6 saddr" => new AddressValue(packet.Source),
            "ip daddr" or "ip6 daddr" => new AddressValue(packet.Destination),
            "ip protocol" or "ip6 nexthdr" => PacketValue.Of((uint)packet.IpProtocol),
            "ip version" => PacketValue.Of(4u),
            "ip6 version" => PacketValue.Of(6u),
            "ip frag-off" => new NumberValue(0, DontFragment),
            _ when IsDestinationPort(field) => Ports(packet, packet.DestinationPorts),
            _ when IsSourcePort(field) => Ports(packet, packet.SourcePorts),
            "tcp flags" => PacketValue.Of(packet.State == ConnectionState.New ? Syn : Ack),
            "icmp type" or "icmpv6 type" => PacketValue.Of((uint)packet.Icmp.Type),
            "icmp code" or "icmpv6 code" => PacketValue.Of((uint)packet.Icmp.Code),
            // Traced packets have neither extension headers nor options of IP.
            _ when header is "exthdr" || field.StartsWith("ip option", StringComparison.Ordinal) =>
                field.Split(' ').Length == (header is "exthdr" ? 2 : 3) ? PacketValue.Of(false) : PacketValue.Absent,
            _ => PacketValue.Unknown,
        };
    }

    // A rule with a header field only matches packets with that header: nft adds this match but does not print it.
    private static bool Has(string header, Packet packet) => header switch
    {
        "ip" => packet.Family == IpFamily.IPv4,
        "ip6" or "exthdr" => packet.Family == IpFamily.IPv6,
        "tcp" => packet.Protocol == PacketProtocol.Tcp,
        "udp" => packet.Protocol == PacketProtocol.Udp,
        "icmp" => packet.IpProtocol == 1,
        "icmpv6" => packet.IpProtocol == 58,
        "sctp" or "dccp" or "udplite" or "ah" or "esp" or "comp" or "igmp" or "gre" =>
            packet.IpProtocol == ProtocolNumbers.Of(header),
        "arp" => false,
        _ => true,
    };

    // net/netfilter/nft_ct.c: without a connection only its state has a value.
    private static PacketValue Connection(string field, Packet packet)
    {
        if (field == "ct state")
        {
            return PacketValue.Of((packet.Tracking, packet.State) switch
            {
                (Tracking.Tracked, ConnectionState.New) => NewState,
                (Tracking.Tracked, ConnectionState.Established) => EstablishedState,
                (Tracking.Tracked, ConnectionState.Related) => RelatedState,
                (Tracking.Untracked, _) => UntrackedState,
                _ => InvalidState,
            });
        }

        if (!packet.IsTracked)
            return PacketValue.Absent;

        bool isIPv4 = packet.Family == IpFamily.IPv4;
        return field switch
        {
            "ct mark" => PacketValue.Of(packet.ConnectionMark),
            "ct direction" => PacketValue.Of(packet.IsAnswer),
            "ct status" => Status(packet),
            "ct protocol" or "ct original protocol" or "ct reply protocol" => PacketValue.Of((uint)packet.IpProtocol),
            "ct l3proto" or "ct original l3proto" or "ct reply l3proto" => PacketValue.Of(isIPv4 ? 2u : 10),
            _ => packet.IsAnswer ? OfAnswer(field, packet, isIPv4) : OfOriginal(field, packet, isIPv4),
        };
    }

    // A connection that exists may be translated.
    private static NumberValue Status(Packet packet)
    {
        uint translated =
            (packet.Original is null ? 0 : DnatStatus) | (packet.SourceTranslation is null ? 0 : SnatStatus);
        return packet.State == ConnectionState.New
            ? new NumberValue(translated)
            : new NumberValue(
                SeenReplyStatus | ConfirmedStatus | translated, AssuredStatus | (
                    ~translated & (SnatStatus | DnatStatus)));
    }

    // What the sender of an answer connected to is not in the packet if its destination was translated.
    private static PacketValue OfAnswer(string field, Packet packet, bool isIPv4) => field switch
    {
        "ct original ip saddr" => Address(packet.Destination, isIPv4),
        "ct original ip6 saddr" => Address(packet.Destination, !isIPv4),
        "ct original saddr" => Address(packet.Destination, true),
        "ct reply ip saddr" => Address(packet.Source, isIPv4),
        "ct reply ip6 saddr" => Address(packet.Source, !isIPv4),
        "ct reply saddr" => Address(packet.Source, true),
        "ct reply proto-src" => Ports(packet, packet.SourcePorts),
        "ct original proto-src" => Ports(packet, packet.DestinationPorts),
        _ => PacketValue.Unknown,
    };

    private static PacketValue OfOriginal(string field, Packet packet, bool isIPv4)
    {
        (IPAddress destination, int port) = packet.Original ?? (packet.Destination, packet.Port);
        bool keepsSource = packet is { SourceTranslation: null, State: ConnectionState.New };
        return field switch
        {
            "ct original ip saddr" => Address(packet.Source, isIPv4),
            "ct original ip6 saddr" => Address(packet.Source, !isIPv4),
            "ct original ip daddr" => Address(destination, isIPv4),
            "ct original ip6 daddr" => Address(destination, !isIPv4),
            "ct reply ip saddr" => Address(packet.Destination, isIPv4),
            "ct reply ip6 saddr" => Address(packet.Destination, !isIPv4),
            "ct original saddr" => Address(packet.Source, true),
            "ct original daddr" => Address(destination, true),
            "ct reply saddr" => Address(packet.Destination, true),
            "ct reply ip daddr" when keepsSource => Address(packet.Source, isIPv4),
            "ct reply ip6 daddr" when keepsSource => Address(packet.Source, !isIPv4),
            "ct reply daddr" when keepsSource => Address(packet.Source, true),
            "ct original proto-dst" => Ports(packet, (packet with { Port = port }).DestinationPorts),
            "ct reply proto-src" => Ports(packet, packet.DestinationPorts),
            "ct original proto-src" => Ports(packet, packet.SourcePorts),
            _ => PacketValue.Unknown,
        };
    }

    private PacketValue Fib(string[] words, Packet packet)
    {
        bool isSource = words.Contains("saddr");
        bool isIn = words.Contains("iif");
        string? device = isIn ? packet.In : words.Contains("oif") ? packet.Out ?? "" : null;
        IPAddress address = isSource ? packet.Source : packet.Destination;
        return words[^1] switch
        {
            _ when !fib.KnowsRoutes => PacketValue.Unknown,
            "type" => new WordValue(types.Of(address, device).ToString().ToLowerInvariant()),
            "oif" or "oifname" => new InterfaceValue(
                fib.DeviceOf(packet, isSource, isIn, words.Contains("mark")) ?? ""),
            _ => PacketValue.Unknown,
        };
    }

    private static PacketValue Address(IPAddress address, bool isThere) =>
        isThere ? new AddressValue(address) : PacketValue.Absent;

    private static PacketValue Ports(Packet packet, PortRange ports) =>
        !packet.HasPorts ? PacketValue.Unknown
        : ports.First == ports.Last ? PacketValue.Of((uint)ports.First)
        : new PortsValue(ports);
}
