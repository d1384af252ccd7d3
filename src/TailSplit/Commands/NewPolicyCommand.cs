using System.Collections.Immutable;
using System.Management.Automation;
using TailSplit.Completion;
using TailSplit.Conversion;
using TailSplit.Core;
using TailSplit.Core.Errors;
using TailSplit.Core.Hosts;
using TailSplit.Core.Model;
using TailSplit.Core.Planning;
using TailSplit.Execution.Hosts;

namespace TailSplit.Commands;

/// <summary>
/// The base of New-TailSplitBypass and New-TailSplitKillswitch: it collects the networks of the pipeline, asks once
/// for each policy, and applies all policies in one transaction.
/// </summary>
public abstract class NewPolicyCommand : WritingCommand
{
    private readonly List<PutPolicy> _changes = [];
    private InterfaceName _tunnel;
    private bool _tunnelFound;
    private bool _networkTyped;
    private bool _nameTyped;
    private bool _subnetTyped;

    /// <summary>The Docker networks: names, or objects of Get-DockerNetwork.</summary>
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

    /// <summary>The bridge interface of the subnets; by default the one with the matching address.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [AllowNull]
    [AllowEmptyString]
    [CompleteInterface]
    public string? Bridge { get; set; }

    /// <summary>The name of the policy: by default that of the network, or one derived from the subnet.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string? Name { get; set; }

    /// <summary>The Tailscale interface; found automatically by default.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [CompleteInterface]
    public string? TunnelInterface { get; set; }

    /// <summary>Replaces a policy of the same name with other options or of the other kind, in one commit.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>
    /// The first preference of the ip rules of all policies, P of docs/rules.md. A lower one precedes the rules of
    /// another program.
    /// </summary>
    [Parameter]
    public int? RulePreference { get; set; }

    /// <summary>The backend of the firewall rules; Auto selects it by the host.</summary>
    [Parameter]
    public FirewallBackend FirewallBackend { get; set; }

    /// <summary>Creates a policy of the cmdlet's kind, with its options.</summary>
    private protected abstract Policy Build(PolicyName name, PolicyTarget target, InterfaceName tunnel);

    /// <summary>Warns of what the policy can't prevent on a network. By default it does nothing.</summary>
    private protected virtual void Examine(DockerNetwork network)
    {
    }

    protected override void BeginProcessing()
    {
        // Before the first object of the pipeline, only parameters from the command line are bound.
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
        if (_changes.Count == 0)
            return;

        // Without the interfaces, the tunnel and the ports of the bridge are unknown.
        Host host = Await(Finder.ReadHostAsync);
        if (!IsWhatIf && host.Routing.Unread is Failure unread)
            ThrowTerminatingError(unread.ToErrorRecord());

        IReadOnlyCollection<PutPolicy> approved = Approved(_changes);
        if (approved.Count == 0)
            return;

        // The finder reads no firewall, which a dry run compares with.
        if (IsWhatIf)
            host = AwaitOrThrow(stop => new HostReader(Machine).ReadAgainAsync(host, HostScope.Preview, stop));

        Apply(approved, host);
    }

    /// <summary>Parses the destinations of an option, each a prefix or a single address.</summary>
    private protected static ImmutableArray<Cidr> Destinations(string[]? texts) =>
        Cidr.Normalise((texts ?? []).Select(Cidr.Parse));

    private void Collect(Policy? built)
    {
        if (built is null)
            return;

        Policy policy = built with { Backend = FirewallBackend };
        PolicyValidator.Check(policy);
        _changes.Add(new PutPolicy(policy, Force) { RulePreference = RulePreference, AsksAgain = Force });
    }

    private Policy? ByNetwork(NetworkArgument argument)
    {
        DockerNetwork network = argument.Network ?? GetNetwork(argument.Name);
        if (network.ForeignDaemon is string foreign)
            throw Failures.ForeignDocker(foreign).ToException();

        // A piped network that can't have a policy is skipped with a warning. One that was named on the command line is
        // an error.
        if (!network.CanHavePolicy && !_networkTyped && argument.Network is not null && !network.IsOpenByTrouble())
        {
            WriteWarning(ModelFailures.NetworkCannotHavePolicy(network).Message);
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
        // A copy of a network, from remoting or a file, is looked up again: its bridge may have changed, or it may not
        // be able to have a policy.
        if (!_subnetTyped && !_nameTyped && Name is not null && Find(Name, Bridge) is DockerNetwork network)
            return ByNetwork(new NetworkArgument(network));

        string[] given = [.. (Subnet ?? []).Where(text => !string.IsNullOrEmpty(text))];
        if (given.Length == 0 && string.IsNullOrEmpty(Bridge))
        {
            // An object with only a name, such as from a file, names a network.
            return Name is null ? throw Failures.MissingTarget().ToException() : ByNetwork(new NetworkArgument(Name));
        }

        PolicyTarget target = Await(stop => Finder.ByHandAsync(given, Bridge, stop));
        Policy policy = Build(NameByHand(target), target, Tunnel());
        PolicyValidator.Check(policy);
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
            WriteVerbose($"Docker can't be asked for the network '{name}': {e.Message}");
            return null;
        }
    }

    // The name for 172.19.0.0/16 is 172.19.0.0-16, and for fd00:99::/64 it is fd00-99-64.
    private PolicyName NameByHand(PolicyTarget target) => PolicyName.Parse(
        Name
            ?? target.Bridge?.ToString()
            ?? string.Join(
                '-', target.Subnets[0].ToString().Split(['/', ':'], StringSplitOptions.RemoveEmptyEntries)));

    private InterfaceName Tunnel()
    {
        InterfaceName? given = TunnelInterface is null ? null : InterfaceName.Parse(TunnelInterface);
        // Only the first network of a pipeline waits for the answer.
        if (_tunnelFound || Await(stop => Finder.FindTunnelAsync(given, stop)) is InterfaceName found && Keep(found))
            return _tunnel;

        InterfaceName usual = Await(Finder.ReadHostAsync).Environment.Provider.Interface;
        WriteVerbose(
            $"No Tailscale interface exists yet, so '{usual}' is assumed. Use -TunnelInterface for another.");
        return usual;
    }

    private bool Keep(InterfaceName tunnel)
    {
        _tunnel = tunnel;
        return _tunnelFound = true;
    }
}
