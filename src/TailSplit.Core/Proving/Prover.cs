using System.Collections.Immutable;
using System.Net;
using TailSplit.Core.Kernel;
using TailSplit.Core.Model;
using TailSplit.Core.Rules;
using TailSplit.Core.Tracing;
using TailSplit.Core.Tracing.Walk;

namespace TailSplit.Core.Proving;

/// <summary>
/// Compares a policy with the contract. It cuts what a container can send into classes that nothing on the host
/// distinguishes further, traces one packet of each, and compares where it goes. A killswitch is proved three times: as
/// it is, without TailSplit's ip rules, and without its firewall rules.
/// </summary>
/// <remarks>
/// Destinations are cut along every prefix that a rule, a set or a route mentions. Each is asked by ICMP, TCP and UDP,
/// and by DNS. A port is tried with one destination of each kind: within the destination that its rule names, or
/// anywhere.
/// </remarks>
public sealed class Prover
{
    // An unused port represents all ports that no rule mentions.
    private static readonly (PacketProtocol Protocol, int Port)[] s_usual =
        [(PacketProtocol.Tcp, 443), (PacketProtocol.Udp, 40_404), (PacketProtocol.Udp, ServicePort.Dns), (PacketProtocol.Icmp, 0)];

    private static readonly Cidr[] s_forged = [Cidr.Parse("198.18.77.77/32"), Cidr.Parse("2001:db8:77::77/128")];

    private readonly Func<IpFamily, InterfaceName, TraceHost> _hosts;
    private readonly RuleEnvironment _environment;
    private readonly Dictionary<(IpFamily, bool IsOther), RelevantRules> _rules = [];

    /// <param name="hosts">What decides about packets of a family that come in by a bridge.</param>
    /// <param name="environment">Where Tailscale's routes are.</param>
    public Prover(Func<IpFamily, InterfaceName, TraceHost> hosts, RuleEnvironment environment) =>
        (_hosts, _environment) = (hosts, environment);

    /// <summary>The proof of a policy whose bridge is known, over all families of its subnets.</summary>
    public Proof Prove(Policy policy)
    {
        int classes = 0;
        List<string> unsure = [];
        foreach (IpFamily family in policy.Target.Subnets.Select(subnet => subnet.Family).Distinct())
        {
            foreach (ProofLayer layer in LayersOf(policy))
            {
                TraceHost host = Relevant(policy, family, layer);
                TraceGround ground = new(host);
                PeerFinder peers = new(ground, policy, _environment.Table);
                Counterexample? outage = null;
                bool isReached = false;
                foreach ((Packet packet, ContractRow row) in Questions(policy, family, host, ground, peers, layer))
                {
                    classes++;
                    PacketTrace trace = PacketTracer.Trace(ground, packet, policy.Target.Subnets, isBrief: true);
                    Finding finding = new(packet, Translated(row, trace, policy, peers), layer, trace);
                    if (finding.Leak(policy) is Counterexample leak)
                        return new Proof { Classes = classes, Counterexample = leak, Unsure = [.. unsure.Distinct()] };

                    isReached |= finding.IsAsExpected(policy);
                    outage ??= finding.Outage(policy, peers);
                    unsure.AddRange(finding.Unsure(policy));
                }

                // A refusal of some destinations can be intended; a refusal of all is an outage.
                if (!isReached && outage is not null)
                    return new Proof { Classes = classes, Counterexample = outage, Unsure = [.. unsure.Distinct()] };
            }
        }

        return new Proof { Classes = classes, Unsure = [.. unsure.Distinct()] };
    }

    /// <summary>One packet of each class that the proof traces on the host as it is, and its row.</summary>
    public IEnumerable<(Packet Packet, ContractRow Row)> Questions(Policy policy)
    {
        foreach (IpFamily family in policy.Target.Subnets.Select(subnet => subnet.Family).Distinct())
        {
            TraceHost host = Relevant(policy, family, ProofLayer.Both);
            TraceGround ground = new(host);
            PeerFinder peers = new(ground, policy, _environment.Table);
            foreach ((Packet, ContractRow) question in Questions(policy, family, host, ground, peers, ProofLayer.Both))
                yield return question;
        }
    }

    private static IEnumerable<ProofLayer> LayersOf(Policy policy) => policy is KillswitchPolicy
        ? [ProofLayer.Both, ProofLayer.FirewallAlone, ProofLayer.RoutingAlone]
        : [ProofLayer.Both];

    private static IEnumerable<(Packet Packet, ContractRow Row)> Questions(
        Policy policy, IpFamily family, TraceHost host, TraceGround ground, PeerFinder peers, ProofLayer layer)
    {
        string bridge = policy.Target.Bridge!.Value.ToString();
        Mentions mentions = Mentions.Of(host);
        IPAddress[] destinations =
            [.. AddressClasses.Of(family, [.. mentions.Prefixes, .. policy.Target.Subnets, .. peers.Named])];
        IPAddress[] oneOfEach = [.. destinations.GroupBy(peers.Of).Select(peer => peer.First())];
        int[] ports = [.. mentions.Ports.Except(s_usual.Select(usual => usual.Port))];
        bool isFirst = true;
        foreach (IPAddress source in policy.Target.SubnetsOf(family).SelectMany(subnet => Senders(subnet, mentions, ground)))
        {
            foreach (IPAddress destination in isFirst ? destinations : oneOfEach)
            {
                foreach ((PacketProtocol protocol, int port) in s_usual)
                    yield return Ask(source, destination, protocol, port);
            }

            IEnumerable<(IPAddress Destination, int Port)> named = isFirst
                ? oneOfEach.SelectMany(destination => ports.Select(port => (destination, port)))
                    .Concat(mentions.PortsOfDestinations.GroupBy(each => each.Destination, each => each.Port).SelectMany(asked =>
                        OneOfEachIn(asked.Key).SelectMany(destination => asked.Select(port => (destination, port)))))
                : [];
            foreach ((IPAddress destination, int port) in named)
            {
                yield return Ask(source, destination, PacketProtocol.Tcp, port);
                yield return Ask(source, destination, PacketProtocol.Udp, port);
            }

            isFirst = false;
        }

        if (policy is not KillswitchPolicy)
            yield break;

        foreach (IPAddress destination in oneOfEach)
        {
            Peer peer = peers.Of(destination);
            if (peer != Peer.OwnNetwork)
            {
                yield return (
                    new Packet(bridge, s_forged.First(source => source.Family == family).Address, destination, PacketProtocol.Udp, 40_404),
                    Contract.OfForgedSource(peer));
            }
        }

        // A prefix can hold destinations of several kinds, and begin with one that is never forwarded.
        IEnumerable<IPAddress> OneOfEachIn(Cidr prefix) =>
            prefix.Family != family ? []
            : prefix.IsHost ? AddressClasses.IsForwarded(prefix.Address) ? [prefix.Address] : []
            : destinations.Where(prefix.Contains).GroupBy(peers.Of).Select(peer => peer.First());

        (Packet Packet, ContractRow Row) Ask(IPAddress source, IPAddress destination, PacketProtocol protocol, int port) => (
            new Packet(bridge, source, destination, protocol, port),
            RowOf(policy, peers.Of(destination), protocol, port, layer));
    }

    private static ContractRow RowOf(Policy policy, Peer peer, PacketProtocol protocol, int port, ProofLayer layer)
    {
        bool isName = port == ServicePort.Dns && protocol != PacketProtocol.Icmp && peer != Peer.OwnNetwork
            && policy is KillswitchPolicy { DnsServer.IsEmpty: false };
        ContractRow row = isName ? Contract.OfName(peer) : Contract.Of(policy, peer);
        return layer == ProofLayer.RoutingAlone ? row with { Allowed = row.Allowed | OpenToRouting(policy, peer) } : row;
    }

    // A port that another network publishes: the host sends the packet on, and what it is then for has a row as well.
    private static ContractRow Translated(ContractRow row, PacketTrace trace, Policy policy, PeerFinder peers) =>
        row is { Peer: Peer.Host, IsName: false } && trace.AtRouting is { Original: not null } packet
            ? row with { Allowed = row.Allowed | Contract.Of(policy, peers.Of(packet.Destination)).Allowed }
            : row;

    // Limits of ip rules (docs/security.md): the kernel's first rule delivers packets for the host, and ip rules can't
    // distinguish an answer to the LAN from a new connection.
    private static Ways OpenToRouting(Policy policy, Peer peer) => (peer, policy) switch
    {
        (Peer.Host, _) => Ways.Host,
        (Peer.OnLink, KillswitchPolicy { AllowPublishedPort: true }) => Ways.Clear,
        _ => Ways.None,
    };

    // A container's address: any of the subnet that the host does not have itself, and those that rules name.
    private static IEnumerable<IPAddress> Senders(Cidr subnet, Mentions mentions, TraceGround ground)
    {
        IPAddress? usual = Enumerable.Range(2, 250)
            .Select(offset => Cidr.AddressAt(subnet.Family, subnet.Span.First + (UInt128)offset))
            .FirstOrDefault(address => subnet.Contains(address) && ground.Types.Of(address) == RouteKind.Unicast
                && !mentions.Prefixes.Any(prefix => prefix.IsHost && prefix.Contains(address)));
        IEnumerable<IPAddress> named = mentions.Prefixes
            .Where(prefix => prefix.IsHost && subnet.Contains(prefix) && ground.Types.Of(prefix.Address) == RouteKind.Unicast)
            .Select(prefix => prefix.Address);
        return usual is null ? named : named.Prepend(usual);
    }

    private TraceHost Relevant(Policy policy, IpFamily family, ProofLayer layer)
    {
        InterfaceName bridge = policy.Target.Bridge!.Value;
        TraceHost host = _hosts(family, bridge);
        ImmutableArray<Cidr> sources = [.. policy.Target.SubnetsOf(family), .. s_forged.Where(source => source.Family == family)];
        bool withOwn = layer != ProofLayer.RoutingAlone;
        return host with
        {
            Firewall = host.Firewall is null ? null : RulesOf(family, false, host).For(bridge, sources, withOwn),
            OtherFirewall = RulesOf(family, true, host).For(bridge, sources, withOwn),
            Native = withOwn ? host.Native : host.Native with { Ruleset = host.Native.Ruleset.WithoutOwn() },
            Rules = layer == ProofLayer.FirewallAlone ? [.. host.Rules.Where(rule => rule.Own is null)] : host.Rules,
        };
    }

    private RelevantRules RulesOf(IpFamily family, bool isOther, TraceHost host)
    {
        if (!_rules.TryGetValue((family, isOther), out RelevantRules? rules))
            _rules[(family, isOther)] = rules = new RelevantRules(isOther ? host.OtherFirewall : host.Firewall!);

        return rules;
    }
}
