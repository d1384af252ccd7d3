using System.Collections.Immutable;
using TailSplit.Core.Iptables;
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
public sealed class Prover
{
    private readonly Func<IpFamily, InterfaceName, TraceHost> _hosts;
    private readonly RuleEnvironment _environment;
    private readonly Dictionary<(IpFamily Family, bool IsOther), RelevantRules> _rules = [];
    private readonly Dictionary<(IpFamily, bool WithOwn), RuleMentions[]> _native = [];
    private readonly Dictionary<IpFamily, uint[]> _marks = [];

    /// <param name="hosts">What decides about packets of a family that come in by a bridge.</param>
    /// <param name="environment">Where Tailscale's routes are.</param>
    public Prover(Func<IpFamily, InterfaceName, TraceHost> hosts, RuleEnvironment environment) =>
        (_hosts, _environment) = (hosts, environment);

    /// <summary>The proof of a policy whose bridge is known, over all families of its subnets.</summary>
    public Proof Prove(Policy policy)
    {
        int classes = 0;
        HashSet<string> unsure = [];
        foreach (IpFamily family in FamiliesOf(policy))
        {
            foreach (ProofLayer layer in LayersOf(policy))
            {
                Counterexample? outage = null;
                bool isReached = false;
                foreach ((Packet packet, ContractRow row, TraceGround ground, PeerFinder peers)
                    in Ask(policy, family, layer))
                {
                    classes++;
                    PacketTrace trace = PacketTracer.Trace(ground, packet, policy.Target.Subnets, isBrief: true);
                    Finding finding = new(packet, Translated(row, trace, policy, peers), layer, trace);
                    if (finding.Leak(policy) is Counterexample leak)
                        return new Proof { Classes = classes, Counterexample = leak, Unsure = [.. unsure] };

                    isReached |= finding.IsAsExpected(policy);
                    outage ??= finding.Outage(policy, peers);
                    unsure.UnionWith(finding.Unsure(policy));
                }

                // A refusal of some destinations can be intended; a refusal of all is an outage.
                if (!isReached && outage is not null)
                    return new Proof { Classes = classes, Counterexample = outage, Unsure = [.. unsure] };
            }
        }

        return new Proof { Classes = classes, Unsure = [.. unsure] };
    }

    /// <summary>One packet of each class that the proof traces on the host as it is, and its row.</summary>
    public IEnumerable<(Packet Packet, ContractRow Row)> Questions(Policy policy) => FamiliesOf(policy)
        .SelectMany(family => Ask(policy, family, ProofLayer.Both))
        .Select(question => (question.Packet, question.Row));

    private static IEnumerable<IpFamily> FamiliesOf(Policy policy) =>
        policy.Target.Subnets.Select(subnet => subnet.Family).Distinct();

    private static IEnumerable<ProofLayer> LayersOf(Policy policy) => policy is KillswitchPolicy
        ? [ProofLayer.Both, ProofLayer.FirewallAlone, ProofLayer.RoutingAlone]
        : [ProofLayer.Both];

    private IEnumerable<Question> Ask(Policy policy, IpFamily family, ProofLayer layer)
    {
        (TraceGround ground, Mentions mentions) = GroundOf(policy, family, layer, isForged: false);
        PeerFinder peers = new(ground, policy, _environment.Table);
        foreach (Packet packet in new PacketClasses(policy, family, ground, peers, mentions).Own())
            yield return new Question(
                packet, RowOf(policy, packet, peers.Of(packet.Destination), layer), ground, peers);

        if (policy is not KillswitchPolicy)
            yield break;

        (ground, mentions) = GroundOf(policy, family, layer, isForged: true);
        peers = new PeerFinder(ground, policy, _environment.Table);
        foreach (Packet packet in new PacketClasses(policy, family, ground, peers, mentions).Forged())
            yield return new Question(packet, Contract.OfForgedSource(peers.Of(packet.Destination)), ground, peers);
    }

    private static ContractRow RowOf(Policy policy, Packet packet, Peer peer, ProofLayer layer)
    {
        bool isName = packet is
        {
            Port: ServicePort.Dns, Protocol: PacketProtocol.Tcp or PacketProtocol.Udp, IsAnswer: false,
        }
            && peer != Peer.OwnNetwork && policy is KillswitchPolicy { DnsServer.IsEmpty: false };
        ContractRow row = isName ? Contract.OfName(peer)
            : packet.IsAnswer ? Contract.OfAnswer(policy, peer)
            : Contract.Of(policy, peer);
        return row with
        {
            Allowed = row.Allowed | layer switch
            {
                ProofLayer.RoutingAlone => OpenToRouting(policy, peer),
                ProofLayer.FirewallAlone => OpenToFirewall(policy, packet),
                _ => Ways.None,
            },
        };
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

    // A limit of the firewall (docs/known-limits.md): it lets answers of published ports pass, and only ip rules know
    // where they go.
    private static Ways OpenToFirewall(Policy policy, Packet packet) =>
        packet.IsAnswer && policy is KillswitchPolicy { AllowPublishedPort: true } ? Ways.Clear : Ways.None;

    // Rules of other sources than the network's own only matter for forged packets.
    private (TraceGround Ground, Mentions Mentions) GroundOf(
        Policy policy, IpFamily family, ProofLayer layer, bool isForged)
    {
        InterfaceName bridge = policy.Target.Bridge!.Value;
        TraceHost host = _hosts(family, bridge);
        bool withOwn = layer != ProofLayer.RoutingAlone;
        ImmutableArray<Cidr>? sources = isForged ? null : [.. policy.Target.SubnetsOf(family)];
        (SavedRuleset rules, IReadOnlyList<RuleMentions> inUse) =
            Read(family, false, host).For(bridge, sources, withOwn);
        (SavedRuleset others, IReadOnlyList<RuleMentions> other) =
            Read(family, true, host).For(bridge, sources, withOwn);
        host = host with
        {
            Firewall = host.Firewall is null ? null : rules,
            OtherFirewall = others,
            Native = withOwn ? host.Native : host.Native with { Ruleset = host.Native.Ruleset.WithoutOwn() },
            Rules = layer == ProofLayer.FirewallAlone ? [.. host.Rules.Where(rule => rule.Own is null)] : host.Rules,
        };
        Mentions mentions = new(
            [
                .. inUse, .. other, .. NativeOf(host, withOwn),
                .. host.Rules.Select(rule => RuleMentions.Of(rule.Whole)),
            ],
            host.Routes,
            MarksOf(family, host));
        return (new TraceGround(host), mentions);
    }

    private uint[] MarksOf(IpFamily family, TraceHost host)
    {
        if (!_marks.TryGetValue(family, out uint[]? marks))
        {
            _marks[family] = marks = Mentions.MarksOf(
                [.. Read(family, false, host).All, .. Read(family, true, host).All, .. NativeOf(host, withOwn: true)]);
        }

        return marks;
    }

    private RelevantRules Read(IpFamily family, bool isOther, TraceHost host)
    {
        if (!_rules.TryGetValue((family, isOther), out RelevantRules? rules))
        {
            SavedRuleset saved = isOther ? host.OtherFirewall : host.Firewall ?? SavedRuleset.Empty;
            _rules[(family, isOther)] = rules = new RelevantRules(saved);
        }

        return rules;
    }

    private RuleMentions[] NativeOf(TraceHost host, bool withOwn)
    {
        if (!_native.TryGetValue((host.Family, withOwn), out RuleMentions[]? mentions))
        {
            _native[(host.Family, withOwn)] = mentions =
            [
                .. host.Native.Ruleset.Texts(Unread(host.Firewall))
                    .SelectMany(chain => RuleMentions.OfChain(chain.Table, chain.Chain, chain.Rules)),
            ];
        }

        return mentions;
    }

    private static HashSet<string> Unread(SavedRuleset? saved) => saved is null
        ? []
        : [
            .. saved.LeftOut, .. saved.WithOtherBaseChains,
            .. saved.Tables.Where(table => table.Unreadable is not null).Select(table => table.Name),
        ];

    private readonly record struct Question(Packet Packet, ContractRow Row, TraceGround Ground, PeerFinder Peers);
}
