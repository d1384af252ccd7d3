using System.Collections.Immutable;
using System.Management.Automation;
using TailSplit.Completion;
using TailSplit.Conversion;
using TailSplit.Core;
using TailSplit.Core.Model;
using TailSplit.Core.Planning;
using TailSplit.Core.Tailscale;
using TailSplit.Execution.Hosts;

namespace TailSplit.Commands;

/// <summary>
/// What New-TailSplitBypass and New-TailSplitKillswitch share: they collect a whole pipeline of networks, ask once per
/// policy, and apply all of them in one transaction.
/// </summary>
public abstract class NewPolicyCommand : WritingCommand
{
    private readonly List<PutPolicy> _changes = [];
    private InterfaceName _tunnel;
    private bool _tunnelFound;
    private bool _networkTyped;
    private bool _nameTyped;
    private bool _subnetTyped;

    /// <summary>The Docker networks: names, or what Get-DockerNetwork emits.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    [CompleteNetwork]
    public NetworkArgument[]? Network { get; set; }

    /// <summary>Subnets of a network that Docker does not report, as address/length.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [AllowNull]
    [AllowEmptyCollection]
    [AllowEmptyString]
    public string[]? Subnet { get; set; }

    /// <summary>
    /// The bridge interface of the subnets; looked up from the host's addresses where it is not given.
    /// </summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [AllowNull]
    [AllowEmptyString]
    [CompleteInterface]
    public string? Bridge { get; set; }

    /// <summary>The policy's name: by default that of the network, or one made from the subnet.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string? Name { get; set; }

    /// <summary>The Tailscale interface; found by itself where it is not given.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [CompleteInterface]
    public string? TunnelInterface { get; set; }

    /// <summary>
    /// Replaces a policy of the same name that has other options or is of the other kind, in one commit.
    /// </summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>
    /// Where the ip rules of all policies begin, P of docs/rules.md: lower than usual, to come before another program's.
    /// </summary>
    [Parameter]
    public int? RulePreference { get; set; }

    /// <summary>What writes the firewall rules; Auto decides by the host.</summary>
    [Parameter]
    public FirewallBackend FirewallBackend { get; set; }

    /// <summary>Makes the policy of the cmdlet's kind, with its own options.</summary>
    private protected abstract Policy Build(PolicyName name, PolicyTarget target, InterfaceName tunnel);

    /// <summary>
    /// Looks at a network for what the policy, once in force, can't help; a kind that has nothing to say says nothing.
    /// </summary>
    private protected virtual void Examine(DockerNetwork network)
    {
    }

    protected override void BeginProcessing()
    {
        // Before the first object of the pipeline, only what was typed is bound.
        _networkTyped = Network is not null;
        _nameTyped = Name is not null;
        _subnetTyped = Subnet is not null || Bridge is not null;
    }

    protected override void ProcessRecord()
    {
        if (Network is null)
        {
            ForInput(() => Collect(ByHand()));
            return;
        }

        if (_subnetTyped)
            ThrowTerminatingError(Failures.NetworkAndSubnet().ToErrorRecord());

        foreach (NetworkArgument network in Network)
            ForInput(() => Collect(ByNetwork(network)));
    }

    protected override void EndProcessing()
    {
        // Which interface is the tunnel, and where the bridge leads, is not known then.
        if (_changes.Count > 0 && !IsWhatIf && Finder.Seen?.Unread is Failure unread)
            ThrowTerminatingError(unread.ToErrorRecord());

        IReadOnlyCollection<PutPolicy> approved = Approved(_changes);
        if (approved.Count == 0)
            return;

        // What was seen has no firewall rules, which a dry run has to know.
        HostState? seen = Finder.Seen is { Unread: null } read ? read : null;
        Apply(approved, IsWhatIf ? ReadHost(glance: true, known: seen) : seen);
    }

    /// <summary>Destinations of an option, each a prefix or a single address.</summary>
    private protected static ImmutableArray<Cidr> Destinations(string[]? texts) =>
        Cidr.Normalise((texts ?? []).Select(Cidr.Parse));

    private void Collect(Policy? built)
    {
        if (built is null)
            return;

        Policy policy = built with { Backend = FirewallBackend };
        PolicyRules.Check(policy);
        _changes.Add(new PutPolicy(policy, Force) { RulePreference = RulePreference, AsksAgain = Force });
    }

    private Policy? ByNetwork(NetworkArgument argument)
    {
        DockerNetwork network = argument.Network ?? GetNetwork(argument.Name);
        if (network.ForeignDaemon is string foreign)
            throw Failures.ForeignDocker(foreign).ToException();

        // What no policy is for is passed over where it is piped in among others; what one is wanted for and can't hold
        // is an error.
        if (!network.CanHavePolicy && !_networkTyped && argument.Network is not null && !network.IsOpenByTrouble())
        {
            WriteWarning(Failures.NetworkCannotHavePolicy(network).Message);
            return null;
        }

        PolicyTarget target = PolicyTarget.Of(network);
        if (_nameTyped && (_changes.Count > 0 || Network?.Length > 1))
            ThrowTerminatingError(Failures.AmbiguousName(Name!).ToErrorRecord());

        Examine(network);
        return Build(_nameTyped ? PolicyName.Parse(Name!) : network.NamePolicy(), target, Tunnel());
    }

    private Policy? ByHand()
    {
        // A copy of a network, from remoting or a file, is that network where Docker still has it: it may have moved,
        // and not every network can have a policy.
        if (!_subnetTyped && !_nameTyped && Name is not null && Find(Name, Bridge) is DockerNetwork network)
            return ByNetwork(new NetworkArgument(network));

        string[] given = [.. (Subnet ?? []).Where(text => !string.IsNullOrEmpty(text))];
        if (given.Length == 0 && string.IsNullOrEmpty(Bridge))
        {
            // An object with nothing but a name, from a file for instance, names a network.
            return Name is null ? throw Failures.MissingTarget().ToException() : ByNetwork(new NetworkArgument(Name));
        }

        PolicyTarget target = Await(stop => Finder.ByHandAsync(given, Bridge, stop));
        Policy policy = Build(NameByHand(target), target, Tunnel());
        PolicyRules.Check(policy);
        if (policy.BridgeWarning is string warning)
            WriteWarning(warning);

        return policy;
    }

    private DockerNetwork? Find(string name, string? bridge)
    {
        try
        {
            DockerNetwork? network = Await(stop => Finder.FindNetworkAsync(name, bridge, stop));
            WarnOfUnseen(Finder.Unseen, name);
            return network;
        }
        catch (TailSplitException e) when (
            e.Failure.Id is not (nameof(Failures.AmbiguousNetwork) or nameof(Failures.ForeignDocker)))
        {
            WriteVerbose($"Whether '{name}' is a Docker network can't be seen: {e.Message}");
            return null;
        }
    }

    // 172.19.0.0/16 is named 172.19.0.0-16, fd00:99::/64 is named fd00-99-64.
    private PolicyName NameByHand(PolicyTarget target) => PolicyName.Parse(
        Name
            ?? target.Bridge?.ToString()
            ?? string.Join(
                '-', target.Subnets[0].ToString().Split(['/', ':'], StringSplitOptions.RemoveEmptyEntries)));

    private InterfaceName Tunnel()
    {
        InterfaceName? given = TunnelInterface is null ? null : InterfaceName.Parse(TunnelInterface);
        // Of a long pipeline the first network waits for the answer.
        if (_tunnelFound || Await(stop => Finder.FindTunnelAsync(given, stop)) is InterfaceName found && Keep(found))
            return _tunnel;

        WriteVerbose(
            $"No Tailscale interface is there yet: '{TunnelNames.Usual}' is assumed. -TunnelInterface names another.");
        return TunnelNames.Usual;
    }

    private bool Keep(InterfaceName tunnel)
    {
        _tunnel = tunnel;
        return _tunnelFound = true;
    }
}
