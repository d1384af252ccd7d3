using System.Collections.Immutable;
using TailSplit.Core.Compilation;
using TailSplit.Core.Containers;
using TailSplit.Core.Iptables;
using TailSplit.Core.Kernel;
using TailSplit.Core.Model;
using TailSplit.Core.Planning;
using TailSplit.Core.Services;
using TailSplit.Core.Tracing;
using TailSplit.Core.Tracing.Native;

namespace TailSplit.Core.Diagnosis;

/// <summary>Everything of a host that checks look at, at one moment.</summary>
public sealed record HostSnapshot
{
    private readonly CachedValue<
        (LiveRules Live, RuleEnvironment Environment, ImmutableArray<LivePolicy> Policies), PolicyAssessment> _assessment =
            new();

    public HostEnvironment Environment { get; init; } = new();

    public LiveRules Live { get; init; } = LiveRules.None;

    public ImmutableArray<LivePolicy> Policies { get; init; } = [];

    /// <summary>What decides about packets of a family that come in by a policy's bridge; none where it is not known.</summary>
    public ImmutableDictionary<(IpFamily Family, InterfaceName Bridge), TraceHost> Trace { get; init; } =
        ImmutableDictionary<(IpFamily, InterfaceName), TraceHost>.Empty;

    public ImmutableArray<HostInterface> Interfaces { get; init; } = [];

    /// <summary>The routes of Tailscale's table.</summary>
    public ImmutableArray<HostRoute> TunnelRoutes { get; init; } = [];

    public ImmutableArray<HostRoute> MainRoutes { get; init; } = [];

    public ImmutableArray<DockerNetwork> Networks { get; init; } = [];

    /// <summary>The running ones.</summary>
    public ImmutableArray<DockerContainer> Containers { get; init; } = [];

    /// <summary>Why no networks and containers could be seen; null where an engine reported them.</summary>
    public string? DockerTrouble { get; init; }

    /// <summary>The engines that the host has.</summary>
    public ImmutableArray<ContainerEngine> Engines { get; init; } = [ContainerEngine.Docker];

    /// <summary>Those of them whose networks and containers could not be seen, though those of another could.</summary>
    public ImmutableArray<UnseenEngine> Unseen { get; init; } = [];

    /// <summary>By id of the container: whom it asks for names, where its resolv.conf can be seen.</summary>
    public ImmutableDictionary<string, NameQuestions> Questions { get; init; } =
        ImmutableDictionary<string, NameQuestions>.Empty;

    /// <summary>By id of the container: its default gateways, as its kernel has them.</summary>
    public ImmutableDictionary<string, ContainerGateways> Gateways { get; init; } =
        ImmutableDictionary<string, ContainerGateways>.Empty;

    /// <summary>The rules of the iptables store that Docker does not use.</summary>
    public IReadOnlyDictionary<IpFamily, SavedRuleset> Hidden { get; init; } =
        ImmutableDictionary<IpFamily, SavedRuleset>.Empty;

    /// <summary>The native tables of nftables, and what of them could not be seen.</summary>
    public NativeView Native { get; init; } = NativeView.Nothing;

    /// <summary>Why the rules of iptables could not be read; null where they were.</summary>
    public Failure? IptablesTrouble { get; init; }

    /// <summary>
    /// What follows "iptables" in the name of the program that shows Docker's rules: nothing, "-nft" or "-legacy".
    /// </summary>
    public string Iptables { get; init; } = "";

    /// <summary>The same of the program that shows the other store.</summary>
    public string HiddenIptables { get; init; } = "-legacy";

    /// <summary>What is in /etc/docker/daemon.json; null where there is no such file.</summary>
    public string? DockerConfiguration { get; init; }

    /// <summary>Whether a unit puts policies back in force when the host starts.</summary>
    public bool HasService { get; init; }

    /// <summary>The names of the policies that it puts back.</summary>
    public ImmutableHashSet<string> Kept { get; init; } = [];

    /// <summary>Why the file of those can't be followed, or not be seen; null where it can.</summary>
    public Failure? KeptTrouble { get; init; }

    /// <summary>Why units that are written will not do their work when the host starts.</summary>
    public ImmutableArray<UnitTrouble> UnitTroubles { get; init; } = [];

    internal PolicyAssessment Assessment => _assessment.Of(
        (Live, Environment.Rules, Policies), static of => new PolicyAssessment(of.Live, of.Environment, of.Policies));

    internal IEnumerable<LivePolicy> Killswitches => Policies.Where(policy => policy.Policy is KillswitchPolicy);

    /// <summary>What the engines of the host told.</summary>
    internal HostNetworks Seen => new(Networks) { Engines = Engines, Unseen = Unseen };

    internal DockerNetwork? NetworkOf(Policy policy) => policy.Target.Network is not null
        ? Seen.Tells(policy.Target) ? policy.Target.FindIn(Networks) : null
        : Networks.FirstOrDefault(
            network => network.Bridge is not null && network.Bridge == policy.Target.Bridge?.ToString());

    internal IEnumerable<DockerContainer> ContainersOn(DockerNetwork? network) => network is null
        ? []
        : Containers.Where(container => container.Networks.Any(endpoint => endpoint.IsOn(network)));

    /// <summary>Whom the containers of a network ask for names.</summary>
    internal IEnumerable<NameQuestions> QuestionsOn(DockerNetwork? network) => ContainersOn(network).Select(container =>
        Questions.GetValueOrDefault(container.Id) ?? new NameQuestions(container.Name, [], []));

    /// <summary>The program that writes rules of a family where Docker's are: <c>ip6tables-legacy</c>.</summary>
    internal string IptablesOf(IpFamily family) => family.Iptables() + Iptables;
}
