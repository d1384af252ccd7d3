using System.Collections.Immutable;
using TailSplit.Core.Compilation;
using TailSplit.Core.Model;
using TailSplit.Core.Planning;
using TailSplit.Core.Rules;
using TailSplit.Core.Tailscale;

namespace TailSplit.Core.Hosts;

/// <summary>
/// A host at one moment, as far as it was read. Each part says what could not be seen in it, and why. Commands, checks,
/// traces and the map all look at this one value.
/// </summary>
public sealed record Host
{
    private readonly CachedValue<
        (LiveRules Live, RuleEnvironment Environment, ImmutableArray<LivePolicy> Policies), PolicyAssessment>
        _assessment = new();
    private readonly CachedValue<
        (LiveRules Live, RuleEnvironment Environment, LiveRules? LeftBehind), ImmutableArray<LivePolicy>> _policies =
        new();

    /// <summary>The rules in force: ip rules, and those of the firewall where Docker and TailSplit write.</summary>
    public LiveRules Live { get; init; } = LiveRules.None;

    /// <summary>What decides how TailSplit's rules are written on this host.</summary>
    public RuleEnvironment Environment { get; init; } = RuleEnvironment.Usual;

    /// <summary>The programs and stores of the firewall, and rules elsewhere than in <see cref="Live"/>.</summary>
    public HostFirewall Firewall { get; init; } = new();

    /// <summary>Interfaces and routes.</summary>
    public HostRouting Routing { get; init; } = new();

    /// <summary>Tailscale's interface, and what Tailscale reports.</summary>
    public HostTunnel Tunnel { get; init; } = new();

    /// <summary>The container engines, their networks and containers.</summary>
    public HostContainers Containers { get; init; } = new();

    /// <summary>Kernel settings.</summary>
    public HostKernel Kernel { get; init; } = new();

    /// <summary>What happens at boot.</summary>
    public HostBoot Boot { get; init; } = new();

    /// <summary>What could not be read, and why; a sentence each.</summary>
    public ImmutableArray<string> Unread { get; init; } = [];

    /// <summary>The policies in force, read from the rules.</summary>
    public ImmutableArray<LivePolicy> Policies => _policies.Of(
        (Live, Environment, Firewall.LeftBehind),
        static of => PolicyReader.Read(of.Live, of.Environment, of.LeftBehind));

    /// <summary>Compares the policies with the rules that they should have.</summary>
    public PolicyAssessment Assessment => _assessment.Of(
        (Live, Environment, Policies), static of => new PolicyAssessment(of.Live, of.Environment, of.Policies));

    /// <summary>Whether any store has rules of TailSplit.</summary>
    public bool HasOwn => Live.HasOwn || Firewall.LeftBehind is not null;

    /// <summary>
    /// The tunnel of a policy that names none. While tailscaled is stopped its interface is absent, but the policies in
    /// force still name it.
    /// </summary>
    public InterfaceName TunnelName =>
        Tunnel.Name
        ?? Policies.FirstOrDefault(policy => policy.IsNamed && WhyNoTunnel(policy.Policy.Tunnel) is null)?.Policy.Tunnel
        ?? Environment.Provider.Interface;

    /// <summary>Why an interface can't be the tunnel; null if it can, or does not exist.</summary>
    public string? WhyNoTunnel(InterfaceName name) =>
        TunnelDevice.WhyNot(name, Routing.Interfaces, Routing.MainRoutes);

    internal IEnumerable<LivePolicy> Killswitches => Policies.Where(policy => policy.Policy is KillswitchPolicy);

    /// <summary>The network of a policy; null if it is absent or was not seen.</summary>
    internal DockerNetwork? NetworkOf(Policy policy) => policy.Target.Network is not null
        ? Containers.Reported.Tells(policy.Target) ? policy.Target.FindIn(Containers.Networks) : null
        : Containers.Networks.FirstOrDefault(
            network => network.Bridge is not null && network.Bridge == policy.Target.Bridge?.ToString());
}
