using System.Collections.Immutable;
using System.Management.Automation;
using TailSplit.Completion;
using TailSplit.Conversion;
using TailSplit.Core.Compilation;
using TailSplit.Core.Containers;
using TailSplit.Core.Hosts;
using TailSplit.Core.Model;
using TailSplit.Core.Planning;
using TailSplit.Execution.Hosts;
using TailSplit.Output;

namespace TailSplit.Commands;

/// <summary>Get-TailSplitPolicy: lists the policies in force, read from the rules in the kernel.</summary>
[Cmdlet(VerbsCommon.Get, "TailSplitPolicy")]
[OutputType(typeof(TailSplitPolicy))]
public sealed class GetTailSplitPolicyCommand : TailSplitCommand
{
    /// <summary>Names, with wildcards. A name without wildcards must be in force.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [CompletePolicy]
    public string[]? Name { get; set; }

    private Host? _state;
    private HostNetworks? _networks;

    protected override void ProcessRecord()
    {
        _state ??= ReadPolicies();
        foreach (string name in Name ?? ["*"])
        {
            foreach (LivePolicy policy in Find(PolicySelection.ByName(name), _state.Policies))
                Write(policy, _state);
        }
    }

    private void Write(LivePolicy policy, Host host)
    {
        ImmutableArray<string> missing = host.Assessment.Missing(policy);
        ImmutableArray<string> waysOut = [];
        DockerNetwork? network = null;
        if (policy.Policy.Target.Network is not null
            && _networks is HostNetworks seen && seen.Tells(policy.Policy.Target))
        {
            ImmutableArray<DockerNetwork> networks = seen.Networks;
            missing = [.. missing, .. NetworkAssessment.Missing(policy.Policy.Target, networks)];
            network = policy.Policy.Target.FindIn(networks);
            if (policy.Policy is KillswitchPolicy && network is DockerNetwork own)
            {
                waysOut =
                [
                    .. NetworkAssessment.WaysOut(
                        own, networks, NetworkAssessment.Closed(host.Policies.Select(other => other.Policy), networks))
                ];
            }
        }

        if (WayPastPolicy.ByBridge(policy.Policy, network, host.Routing.Interfaces) is string open)
            missing = missing.Add(open);

        if (host.WhyNoTunnel(policy.Policy.Tunnel) is string reason)
            missing = missing.Add($"the tunnel: '{policy.Policy.Tunnel}' is not a tunnel interface: {reason}");

        WriteObject(new TailSplitPolicy(policy.Policy, missing, waysOut, PolicyTraffic.Of(policy.Policy, host.Live)));
    }

    // The rules can be read without Docker. Whether its networks still match the policies then stays unknown.
    private Host ReadPolicies()
    {
        (Host host, _networks) = AwaitOrThrow(stop => new HostReader(Machine).ReadPoliciesAsync(Engines, stop));
        foreach (UnseenEngine unseen in _networks?.Unseen ?? [])
        {
            WriteVerbose(
                $"The networks of {unseen.Engine} can't be compared with the policies: {unseen.Failure.Message}");
        }

        return host;
    }
}
