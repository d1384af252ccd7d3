using System.Management.Automation;
using TailSplit.Core;
using TailSplit.Core.Compilation;
using TailSplit.Core.Containers;
using TailSplit.Core.Diagnosis;
using TailSplit.Core.Hosts;
using TailSplit.Core.Model;
using TailSplit.Core.Planning;
using TailSplit.Execution.Containers;
using TailSplit.Execution.Hosts;
using TailSplit.Output;

namespace TailSplit.Commands;

/// <summary>New-TailSplitKillswitch: lets a Docker network leave only by the tunnel.</summary>
[Cmdlet(VerbsCommon.New, "TailSplitKillswitch", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(TailSplitRule))]
public sealed class NewTailSplitKillswitchCommand : NewPolicyCommand
{
    private static readonly HashSet<string> s_none = [];

    private IReadOnlyCollection<DockerNetwork>? _networks;
    private IReadOnlySet<string>? _closed;
    private ContainerNames? _names;

    /// <summary>Destinations outside the tunnel that stay open: prefixes or addresses.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[]? AllowDestination { get; set; }

    /// <summary>Allows replies of published ports to the LAN, but no new connections.</summary>
    [Parameter]
    public SwitchParameter AllowPublishedPort { get; set; }

    /// <summary>
    /// The name servers, at most one of each family, that all DNS queries are redirected to through the tunnel. 0.0.0.0
    /// drops them.
    /// </summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[]? DnsServer { get; set; }

    /// <summary>What the firewall does with a blocked packet.</summary>
    [Parameter]
    public BlockAction Action { get; set; } = BlockAction.Drop;

    /// <summary>Blocks the host's own addresses too.</summary>
    [Parameter]
    public SwitchParameter BlockHost { get; set; }

    private protected override void Examine(DockerNetwork network)
    {
        try
        {
            if (!network.Containers.IsEmpty)
                WarnOfWaysOut(network);

            WarnOfNames(network);
        }
        catch (TailSplitException e)
        {
            // The killswitch comes first. Get- and Test-TailSplitPolicy report other ways out later.
            WriteVerbose($"Other ways out of the network were not checked: {e.Message}");
        }
    }

    private void WarnOfWaysOut(DockerNetwork network)
    {
        _networks ??= Await(Engines.GetNetworksAsync).Networks;
        if (!NetworkAssessment.WaysOut(network, _networks, s_none).Any())
            return;

        // Other networks of this pipeline may get a killswitch too, which is not known here, so they are named as
        // well.
        _closed ??= Closed(_networks);
        foreach (string wayOut in NetworkAssessment.WaysOut(network, _networks, _closed))
            WriteWarning(wayOut);
    }

    // The networks whose killswitch has all its rules. A network that can't be read counts as open.
    private IReadOnlySet<string> Closed(IReadOnlyCollection<DockerNetwork> networks)
    {
        try
        {
            Host host = Await(stop => new HostReader(Machine).ReadAsync(Scope, stop));
            return NetworkAssessment.Closed(
                host.Policies
                    .Where(policy => host.Assessment.Gaps(policy).IsEmpty)
                    .Select(policy => policy.Policy),
                networks);
        }
        catch (TailSplitException e)
        {
            WriteVerbose($"Other networks are treated as open, since their policies can't be read: {e.Message}");
            return s_none;
        }
    }

    private void WarnOfNames(DockerNetwork network)
    {
        Host host = Await(Finder.ReadHostAsync);
        HostRouting routing = host.Routing;
        if (routing.Unread is not null)
            return;

        _names ??= new ContainerNames(Machine);
        KillswitchPolicy policy = (KillswitchPolicy)Build(
            PolicyName.Parse(network.Name), PolicyTarget.Of(network), host.Environment.Provider.Interface);
        NameWays ways = new(policy, LanFinder.Find(routing.Interfaces, policy.Tunnel));
        NameQuestions[] questions = network.Containers.IsEmpty ? [] : [.. Await(stop => _names.OnAsync(network, stop))];
        string?[] found =
        [
            ways.Unreached(routing.Interfaces),
            ways.Refused(questions),
            ways.PastKillswitch(questions, null),
            ways.ByPodman(questions, null),
            ways.ByMagicDns(questions, null) ?? ways.LaterByMagicDns(_names.OfHost()),
        ];
        foreach (string way in found.OfType<string>())
        {
            WriteWarning(DnsServer is null
                ? $"{way} With -DnsServer, all queries of the network go to one server by the tunnel, or are blocked."
                : way);
        }
    }

    private protected override Policy Build(
        PolicyName name, PolicyTarget target, InterfaceName tunnel) => new KillswitchPolicy
        {
            Name = name,
            Target = target,
            Tunnel = tunnel,
            AllowDestination = Destinations(AllowDestination),
            AllowPublishedPort = AllowPublishedPort,
            DnsServer = Destinations(DnsServer),
            Action = Action,
            BlockHost = BlockHost,
        };
}
