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

/// <summary>The host at one moment: its rules, and what decides how ours are spelled.</summary>
public sealed record HostState
{
    private readonly CachedValue<
        (LiveRules Live, RuleEnvironment Environment, ImmutableArray<LivePolicy> Policies), PolicyAssessment> _assessment =
            new();
    private readonly CachedValue<
        (LiveRules Live, RuleEnvironment Environment, LiveRules? LeftBehind), ImmutableArray<LivePolicy>> _policies =
        new();

    public required LiveRules Live { get; init; }

    public required RuleEnvironment Environment { get; init; }

    /// <summary>
    /// By which tools the rules of each family are read and written. <c>update-alternatives</c> sets iptables and
    /// ip6tables apart, so that the two can have different stores.
    /// </summary>
    public ImmutableDictionary<IpFamily, FirewallTools> Tools { get; init; } =
        ImmutableDictionary<IpFamily, FirewallTools>.Empty;

    /// <summary>Which firewall backends can be used.</summary>
    public FirewallBackends Backends { get; init; } = FirewallBackends.All;

    /// <summary>The programs that read and write the rules of IPv4.</summary>
    public IptablesVariant Variant => ToolsOf(IpFamily.IPv4).Variant;

    /// <summary>Whether every family's rules are known to be in nf_tables.</summary>
    public bool IsNfTables =>
        (!Tools.IsEmpty || Backends.IptablesTrouble is not null)
        && Tools.Values.All(tools => tools.Store == FirewallStore.NfTables);

    /// <summary>The tunnel; null where none is found, as before Tailscale's first start.</summary>
    public InterfaceName? Tunnel { get; init; }

    public ImmutableArray<HostInterface> Interfaces { get; init; } = [];

    /// <summary>The routes of Tailscale's table, both families.</summary>
    public ImmutableArray<HostRoute> TunnelRoutes { get; init; } = [];

    /// <summary>The routes of table main, both families.</summary>
    public ImmutableArray<HostRoute> MainRoutes { get; init; } = [];

    /// <summary>The rules of the store that Docker does not use, which are in force too.</summary>
    public LiveRules Other { get; init; } = LiveRules.None;

    /// <summary>
    /// Rules of TailSplit's in the store that Docker does not use any more, which are in force too; null where there
    /// are none.
    /// </summary>
    public LiveRules? LeftBehind { get; init; }

    /// <summary>Why rules of TailSplit's in that other store could not be seen, if there are any; null where they could.</summary>
    public string? LeftBehindUnseen { get; init; }

    /// <summary>Whether TailSplit has anything there, in either store.</summary>
    public bool HasOwn => Live.HasOwn || LeftBehind is not null;

    /// <summary>Why interfaces, routes and ip rules are not here; null where they are.</summary>
    public Failure? Unread { get; init; }

    /// <summary>Why the firewall's rules are not in <see cref="Live"/>; null where they are.</summary>
    public string? FirewallUnread { get; init; }

    /// <summary>
    /// The tunnel's name for policies that name none. With tailscaled stopped its interface is gone, but not its name,
    /// which the policies in force still have.
    /// </summary>
    public InterfaceName TunnelName =>
        Tunnel
        ?? Policies.FirstOrDefault(policy => policy.IsNamed && WhyNoTunnel(policy.Policy.Tunnel) is null)?.Policy.Tunnel
        ?? TunnelNames.Usual;

    /// <inheritdoc cref="TunnelDevice.WhyNot"/>
    public string? WhyNoTunnel(InterfaceName name) => TunnelDevice.WhyNot(name, Interfaces, MainRoutes);

    public FirewallTools ToolsOf(IpFamily family) => Tools.GetValueOrDefault(family) ?? FirewallTools.Unknown;

    /// <summary>The policies that its rules say.</summary>
    public ImmutableArray<LivePolicy> Policies => _policies.Of(
        (Live, Environment, LeftBehind), static of => PolicyReader.Read(of.Live, of.Environment, of.LeftBehind));

    /// <summary>Holds them against the rules that they should have.</summary>
    public PolicyAssessment Assessment => _assessment.Of(
        (Live, Environment, Policies), static of => new PolicyAssessment(of.Live, of.Environment, of.Policies));
}
