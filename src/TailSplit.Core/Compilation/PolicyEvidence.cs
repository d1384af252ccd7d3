using System.Collections.Immutable;
using TailSplit.Core.Iptables;
using TailSplit.Core.Model;
using TailSplit.Core.Rules;
using TailSplit.Core.Tailscale;

namespace TailSplit.Core.Compilation;

/// <summary>The live rules of one policy, and what each says about it.</summary>
internal sealed class PolicyEvidence
{
    public PolicyEvidence(ImmutableArray<(IptablesRule Rule, RuleOwner Owner)> firewall, RuleEnvironment environment)
    {
        Firewall = [.. firewall.Select(rule => rule.Rule)];
        Environment = environment;
        Owners = [.. firewall.Select(rule => rule.Owner)];
        Bridge = Owners.Select(owner => owner.Bridge).FirstOrDefault(bridge => bridge is not null);
        Subnets = Cidr.Normalise(Firewall
            .Where(IsAboutSubnet)
            .Select(rule => rule.Specification.Source)
            .OfType<Cidr>()
            .Concat(Owners.SelectMany(owner => owner.Subnets)));
    }

    public ImmutableArray<IptablesRule> Firewall { get; }

    public RuleEnvironment Environment { get; }

    /// <summary>The ip rules that the policy claims.</summary>
    public ImmutableArray<RoutingRule> Routing { get; set; } = [];

    /// <summary>Takes the subnets in that ip rules name by the bridge: its own network's.</summary>
    public void Learn(IEnumerable<RoutingRule> routing) => Subnets = Cidr.Normalise(Subnets.Concat(routing
        .Where(rule => rule is { Iif: not null, From: null, Table: RoutingRule.MainTable, SuppressPrefixLength: 0 } && rule.Iif == Bridge)
        .Select(rule => rule.To)
        .OfType<Cidr>()));

    /// <summary>A half-made change from one kind to the other counts as the closed one.</summary>
    public PolicyKind Kind =>
        Owners.Any(owner => owner.Kind == PolicyKind.Killswitch) ? PolicyKind.Killswitch : PolicyKind.Bypass;

    /// <summary>Whether a rule is left that says who asked for the policy.</summary>
    public bool SaysOrigin => Owners.Any(owner => owner.Options is not null);

    /// <summary>Whether the rules still say every option of the policy that was read from them.</summary>
    public bool IsWhole(Policy policy) =>
        (Kind == PolicyKind.Bypass || Chain.Any(rule => IsBlock(rule.Specification.Target)))
        && Owners.Select(owner => owner.Options).OfType<string>().All(options => options == OptionsDigest.Of(policy));

    private PolicyName Name => Owners[0].Name;

    private ImmutableArray<RuleOwner> Owners { get; }

    /// <summary>The bridge, if any of them says it.</summary>
    public InterfaceName? Bridge { get; }

    /// <summary>The subnets that they say.</summary>
    public ImmutableArray<Cidr> Subnets { get; private set; }

    // A rule that says its options was written whole, and would say where it comes from too.
    private PolicyOrigin Origin =>
        Owners.FirstOrDefault(owner => owner.Options is not null)?.Origin ?? PolicyOrigin.ByHand;

    private PolicyTarget Target => new()
    {
        Network = Owners.Select(owner => owner.Network).FirstOrDefault(network => network is not null),
        Bridge = Bridge,
        Subnets = Subnets,
    };

    private InterfaceName Tunnel => Firewall
        .Where(rule => rule.Chain == OwnChains.Nat || rule.Chain == OwnChains.Of(PolicyKind.Killswitch, Name))
        .Select(rule => rule.Specification.Out)
        .FirstOrDefault(output => output is not null && output != Bridge) ?? TunnelNames.Usual;

    private IEnumerable<IptablesRule> Chain => Firewall.Where(rule => rule.Chain == OwnChains.Of(Kind, Name));

    public KillswitchPolicy ToKillswitch()
    {
        ImmutableArray<Cidr> subnets = Subnets;
        return new KillswitchPolicy
        {
            Name = Name,
            Target = Target,
            Origin = Origin,
            Tunnel = Tunnel,
            AllowDestination = Cidr.Normalise(ReturnedDestinations
                .Concat(RoutedDestinations(RoutingRule.MainTable))
                .Where(destination => !subnets.Contains(destination))),
            AllowPublishedPort =
                Chain.Any(rule => rule.Specification.Matches.Contains("--ctdir REPLY", StringComparison.Ordinal))
                || Routing.Any(IsWayToLan),
            Action = Chain.Any(rule => rule.Specification.Target.StartsWith("-j REJECT", StringComparison.Ordinal))
                ? BlockAction.Reject
                : BlockAction.Drop,
            BlockHost = Firewall.Any(rule => rule.Chain == OwnChains.Host && !IsQuestion(rule)),
            DnsServer = DnsRules.Read(Firewall, Routing),
        };
    }

    public BypassPolicy ToBypass()
    {
        bool marks = Firewall.Any(rule => rule.Table == IptablesTable.Mangle)
            || Routing.Any(rule => rule.FwMark is not null);
        return new BypassPolicy
        {
            Name = Name,
            Target = Target,
            Origin = Origin,
            Tunnel = Tunnel,
            Mechanism = marks ? Mechanism.Mark : Mechanism.Route,
            Exclude = Cidr.Normalise(ReturnedDestinations
                .Concat(RoutedDestinations(Environment.Table))
                .Except(BypassRules.NeverMarked)),
        };
    }

    private IEnumerable<Cidr> ReturnedDestinations => Chain
        .Where(rule => rule.Specification.Target == "-j RETURN" && !IsQuestion(rule))
        .Select(rule => rule.Specification.Destination)
        .OfType<Cidr>();

    private IEnumerable<Cidr> RoutedDestinations(int table) => Routing
        .Where(rule => rule.Table == table && rule.SuppressPrefixLength is null && rule.DestinationPort is null && (rule.Iif is not null || rule.From is not null))
        .Select(rule => rule.To)
        .OfType<Cidr>();

    // Earlier versions named no prefix.
    private bool IsWayToLan(RoutingRule rule) =>
        rule is { Table: RoutingRule.MainTable, SuppressPrefixLength: not null } && !(rule.To is Cidr to && Subnets.Contains(to));

    // Link-local sources and the like are the same in every policy, and end where they are matched.
    private static bool IsAboutSubnet(IptablesRule rule) =>
        rule.Chain == OwnChains.Nat
        || (rule.Chain is OwnChains.Killswitch or OwnChains.Bypass && rule.Specification.Target.StartsWith("-g ", StringComparison.Ordinal));

    private static bool IsQuestion(IptablesRule rule) =>
        DnsRules.Questions.Any(question => rule.Specification.Matches.EndsWith(question, StringComparison.Ordinal));

    private static bool IsBlock(string target) =>
        target == "-j DROP" || target.StartsWith("-j REJECT", StringComparison.Ordinal);
}
