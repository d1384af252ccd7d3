using System.Collections.Immutable;
using TailSplit.Core.Model;

namespace TailSplit.Core.Options;

/// <summary>
/// The options of policies, in the order in which files and commands have them. The names of a policy, its network and
/// its tunnel are none of them: each is read in its own way.
/// </summary>
public static class PolicyOptions
{
    public static AddressOption AllowDestination { get; } = new(
        nameof(KillswitchPolicy.AllowDestination), PolicyKind.Killswitch,
        policy => Killswitch(policy).AllowDestination,
        (policy, value) => Killswitch(policy) with { AllowDestination = value });

    public static AddressOption DnsServer { get; } = new(
        nameof(KillswitchPolicy.DnsServer), PolicyKind.Killswitch,
        policy => Killswitch(policy).DnsServer,
        (policy, value) => Killswitch(policy) with { DnsServer = value })
    {
        IsOfHosts = true,
        Closed = [KillswitchPolicy.NoDns],
        DigestWord = "dns",
    };

    public static FlagOption BlockHost { get; } = new(
        nameof(KillswitchPolicy.BlockHost), PolicyKind.Killswitch,
        policy => Killswitch(policy).BlockHost,
        (policy, value) => Killswitch(policy) with { BlockHost = value })
    {
        Closes = true,
    };

    public static ImmutableArray<PolicyOption> All { get; } =
    [
        AllowDestination,
        new FlagOption(
            nameof(KillswitchPolicy.AllowPublishedPort), PolicyKind.Killswitch,
            policy => Killswitch(policy).AllowPublishedPort,
            (policy, value) => Killswitch(policy) with { AllowPublishedPort = value }),
        DnsServer,
        new ChoiceOption<BlockAction>(
            nameof(KillswitchPolicy.Action), PolicyKind.Killswitch,
            policy => Killswitch(policy).Action,
            (policy, value) => Killswitch(policy) with { Action = value }),
        BlockHost,
        new AddressOption(
            nameof(BypassPolicy.Exclude), PolicyKind.Bypass,
            policy => Bypass(policy).Exclude,
            (policy, value) => Bypass(policy) with { Exclude = value }),
        new ChoiceOption<Mechanism>(
            nameof(BypassPolicy.Mechanism), PolicyKind.Bypass,
            policy => Bypass(policy).Mechanism,
            (policy, value) => Bypass(policy) with { Mechanism = value }),
        new ChoiceOption<FirewallBackend>(
            nameof(FirewallBackend), null,
            policy => policy.Backend,
            (policy, value) => policy with { Backend = value })
        {
            // What Auto means on most hosts; a command with Auto keeps the backend of a policy in force.
            Usual = FirewallBackend.Iptables,
        },
    ];

    public static IEnumerable<PolicyOption> Of(PolicyKind kind) => All.Where(option => option.IsOf(kind));

    private static KillswitchPolicy Killswitch(Policy policy) => (KillswitchPolicy)policy;

    private static BypassPolicy Bypass(Policy policy) => (BypassPolicy)policy;
}
