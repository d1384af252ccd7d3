using System.Collections.Immutable;
using TailSplit.Core;
using TailSplit.Core.Compilation;
using TailSplit.Core.Diagnosis;
using TailSplit.Core.Kernel;
using TailSplit.Core.Model;
using TailSplit.Core.Planning;
using TailSplit.Core.Tailscale;
using TailSplit.Execution.Firewall;

namespace TailSplit.Execution.Hosts;

/// <summary>The host at one moment: its rules, and what the rules of TailSplit depend on.</summary>
public sealed record HostState
{
    private readonly CachedValue<
        (LiveRules Live, RuleEnvironment Environment, ImmutableArray<LivePolicy> Policies), PolicyAssessment>
        _assessment = new();
    private readonly CachedValue<
        (LiveRules Live, RuleEnvironment Environment, LiveRules? LeftBehind), ImmutableArray<LivePolicy>> _policies =
        new();

    public required LiveRules Live { get; init; }

    public required RuleEnvironment Environment { get; init; }

    /// <summary>
    /// The programs that read and write the rules of each family. <c>update-alternatives</c> sets iptables and
    /// ip6tables independently, so the two can have different stores.
    /// </summary>
    public ImmutableDictionary<IpFamily, FirewallTools> Tools { get; init; } =
        ImmutableDictionary<IpFamily, FirewallTools>.Empty;

    /// <summary>Which firewall backends can be used.</summary>
    public FirewallBackends Backends { get; init; } = FirewallBackends.All;

    /// <summary>The programs that read and write the rules of IPv4.</summary>
    public IptablesVariant Variant => ToolsOf(IpFamily.IPv4).Variant;

    /// <summary>Whether the rules of every family are known to be in nf_tables.</summary>
    public bool IsNfTables =>
        (!Tools.IsEmpty || Backends.IptablesTrouble is not null)
        && Tools.Values.All(tools => tools.Store == FirewallStore.NfTables);

    /// <summary>The tunnel; null if none is found, such as before the first start of Tailscale.</summary>
    public InterfaceName? Tunnel { get; init; }

    public ImmutableArray<HostInterface> Interfaces { get; init; } = [];

    /// <summary>The routes of Tailscale's table, both families.</summary>
    public ImmutableArray<HostRoute> TunnelRoutes { get; init; } = [];

    /// <summary>The routes of table main, both families.</summary>
    public ImmutableArray<HostRoute> MainRoutes { get; init; } = [];

    /// <summary>The rules of the store that Docker does not use, which are in force too.</summary>
    public LiveRules Other { get; init; } = LiveRules.None;

    /// <summary>
    /// The rules of TailSplit in the store that Docker no longer uses, which are in force too; null if it has none.
    /// </summary>
    public LiveRules? LeftBehind { get; init; }

    /// <summary>Why that store could not be read; null if it could.</summary>
    public string? LeftBehindUnseen { get; init; }

    /// <summary>Whether either store has rules of TailSplit.</summary>
    public bool HasOwn => Live.HasOwn || LeftBehind is not null;

    /// <summary>Why interfaces, routes and ip rules could not be read; null if they could.</summary>
    public Failure? Unread { get; init; }

    /// <summary>Why <see cref="Live"/> lacks the rules of the firewall; null if it has them.</summary>
    public string? FirewallUnread { get; init; }

    /// <summary>
    /// The tunnel of a policy that names none. While tailscaled is stopped its interface is absent, but the policies in
    /// force still name it.
    /// </summary>
    public InterfaceName TunnelName =>
        Tunnel
        ?? Policies.FirstOrDefault(policy => policy.IsNamed && WhyNoTunnel(policy.Policy.Tunnel) is null)?.Policy.Tunnel
        ?? TunnelNames.Usual;

    /// <inheritdoc cref="TunnelDevice.WhyNot"/>
    public string? WhyNoTunnel(InterfaceName name) => TunnelDevice.WhyNot(name, Interfaces, MainRoutes);

    public FirewallTools ToolsOf(IpFamily family) => Tools.GetValueOrDefault(family) ?? FirewallTools.Unknown;

    /// <summary>The policies in force, read from the rules.</summary>
    public ImmutableArray<LivePolicy> Policies => _policies.Of(
        (Live, Environment, LeftBehind), static of => PolicyReader.Read(of.Live, of.Environment, of.LeftBehind));

    /// <summary>Compares the policies with the rules that they should have.</summary>
    public PolicyAssessment Assessment => _assessment.Of(
        (Live, Environment, Policies), static of => new PolicyAssessment(of.Live, of.Environment, of.Policies));
}
