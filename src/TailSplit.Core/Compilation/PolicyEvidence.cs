using System.Collections.Immutable;
using TailSplit.Core.Model;
using TailSplit.Core.Nftables;
using TailSplit.Core.Rules;
using Verdict = TailSplit.Core.Rules.FirewallVerdict;

namespace TailSplit.Core.Compilation;

/// <summary>The live rules of one policy, and what each says about it.</summary>
internal sealed class PolicyEvidence
{
    /// <param name="rules">The policy's firewall rules, each with the owner that it names.</param>
    /// <param name="environment">What of the host decides how rules are spelled.</param>
    public PolicyEvidence(
        IReadOnlyCollection<(LiveFirewallRule Rule, RuleOwner Owner)> rules, RuleEnvironment environment)
    {
        Rules = [.. rules.Select(rule => rule.Rule.Rule)];
        Firewall = [.. rules.SelectMany(rule => rule.Rule.Meanings)];
        Environment = environment;
        Owners = [.. rules.Select(rule => rule.Owner)];
        Bridge = Owners.Select(owner => owner.Bridge).FirstOrDefault(bridge => bridge is not null);
        Subnets = Cidr.Normalise(Firewall
            .Where(IsAboutSubnet)
            .Select(rule => rule.Match.Source)
            .OfType<Cidr>()
            .Concat(Owners.SelectMany(owner => owner.Subnets)));
    }

    /// <summary>The firewall rules as the backends have them.</summary>
    public ImmutableArray<Rule> Rules { get; }

    /// <summary>What they mean.</summary>
    public ImmutableArray<FirewallRule> Firewall { get; }

    public RuleEnvironment Environment { get; }

    /// <summary>The ip rules that the policy claims.</summary>
    public ImmutableArray<RoutingRule> Routing { get; set; } = [];

    /// <summary>Adds the subnets of the network, which ip rules with the bridge record.</summary>
    public void Learn(IEnumerable<RoutingRule> routing) => Subnets = Cidr.Normalise(Subnets.Concat(routing
        .Where(rule => rule is { Iif: not null, From: null, Table: RoutingRule.MainTable, SuppressPrefixLength: 0 }
            && rule.Iif == Bridge)
        .Select(rule => rule.To)
        .OfType<Cidr>()));

    /// <summary>An interrupted change from one kind to the other counts as a killswitch.</summary>
    public PolicyKind Kind =>
        Owners.Any(owner => owner.Kind == PolicyKind.Killswitch) ? PolicyKind.Killswitch : PolicyKind.Bypass;

    // An interrupted move between the backends leaves rules of both, since it writes the new ones first. nftables is
    // written whole or not at all, so its rules are complete.
    private FirewallBackend Backend =>
        Rules.Any(rule => rule is NftObject) ? FirewallBackend.Nftables : FirewallBackend.Iptables;

    /// <summary>Whether a rule is left that says who asked for the policy.</summary>
    public bool SaysOrigin => Owners.Any(owner => owner.Options is not null);

    /// <summary>Whether the rules still record every option of the policy.</summary>
    public bool IsWhole(Policy policy) =>
        (Kind == PolicyKind.Bypass || Chain.Any(rule => rule.Verdict is Verdict.Drop or Verdict.Reject))
        && Owners.Select(owner => owner.Options).OfType<string>().All(options => options == OptionsDigest.Of(policy));

    private PolicyName Name => Owners[0].Name;

    private ImmutableArray<RuleOwner> Owners { get; }

    /// <summary>The bridge, if any rule records it.</summary>
    public InterfaceName? Bridge { get; }

    /// <summary>The subnets that they record.</summary>
    public ImmutableArray<Cidr> Subnets { get; private set; }

    // A rule with options was written whole, so it also has its origin.
    private PolicyOrigin Origin =>
        Owners.FirstOrDefault(owner => owner.Options is not null)?.Origin ?? PolicyOrigin.ByHand;

    private PolicyTarget Target => new()
    {
        Network = Owners.Select(owner => owner.Network).FirstOrDefault(network => network is not null),
        Bridge = Bridge,
        Subnets = Subnets,
    };

    private InterfaceName Tunnel => Firewall
        .Where(rule => rule.Stage == FirewallStage.SourceNat
            || (rule.IsInPolicyChain && rule.Owner?.Kind == PolicyKind.Killswitch))
        .Select(rule => rule.Match.Out)
        .FirstOrDefault(output => output is not null && output != Bridge) ?? Environment.Provider.Interface;

    private IEnumerable<FirewallRule> Chain =>
        Firewall.Where(rule => rule.IsInPolicyChain && rule.Owner?.Kind == Kind);

    public KillswitchPolicy ToKillswitch()
    {
        ImmutableArray<Cidr> subnets = Subnets;
        return new KillswitchPolicy
        {
            Name = Name,
            Target = Target,
            Backend = Backend,
            Origin = Origin,
            Tunnel = Tunnel,
            AllowDestination = Cidr.Normalise(ReturnedDestinations
                .Concat(RoutedDestinations(RoutingRule.MainTable))
                .Where(destination => !subnets.Contains(destination))),
            AllowPublishedPort =
                Chain.Any(rule => rule.Match.Reply is not null)
                || Routing.Any(IsWayToLan),
            Action = Chain.Any(rule => rule.Verdict is Verdict.Reject) ? BlockAction.Reject : BlockAction.Drop,
            BlockHost = Firewall.Any(rule => rule.Stage == FirewallStage.Input && !DnsRules.IsQuestion(rule)),
            DnsServer = DnsRules.Read(Firewall, Routing),
        };
    }

    public BypassPolicy ToBypass()
    {
        bool marks = Firewall.Any(rule => rule.Stage == FirewallStage.Mark)
            || Routing.Any(rule => rule.FwMark is not null);
        return new BypassPolicy
        {
            Name = Name,
            Target = Target,
            Backend = Backend,
            Origin = Origin,
            Tunnel = Tunnel,
            Mechanism = marks ? Mechanism.Mark : Mechanism.Route,
            Exclude = Cidr.Normalise(ReturnedDestinations
                .Concat(RoutedDestinations(Environment.Table))
                .Except(BypassRules.NeverMarked(Environment.Provider))),
        };
    }

    private IEnumerable<Cidr> ReturnedDestinations => Chain
        .Where(rule => rule.Verdict is Verdict.Return && !DnsRules.IsQuestion(rule))
        .Select(rule => rule.Match.Destination)
        .OfType<Cidr>();

    private IEnumerable<Cidr> RoutedDestinations(int table) => Routing
        .Where(rule => rule.Table == table && rule.SuppressPrefixLength is null && rule.DestinationPort is null
            && (rule.Iif is not null || rule.From is not null))
        .Select(rule => rule.To)
        .OfType<Cidr>();

    // Earlier versions wrote no prefix.
    private bool IsWayToLan(RoutingRule rule) =>
        rule is { Table: RoutingRule.MainTable, SuppressPrefixLength: not null }
            && !(rule.To is Cidr to && Subnets.Contains(to));

    // Rules for link-local sources and similar are the same in every policy.
    private static bool IsAboutSubnet(FirewallRule rule) =>
        rule.Stage == FirewallStage.SourceNat
        || (!rule.IsInPolicyChain && rule.Verdict is Verdict.EnterPolicy);
}
