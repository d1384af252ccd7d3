using System.Collections.Immutable;
using TailSplit.Core.Compilation;
using TailSplit.Core.Hosts;
using TailSplit.Core.Model;
using TailSplit.Core.Proving;
using TailSplit.Core.Tracing;
using TailSplit.Core.Tracing.Walk;

namespace TailSplit.Core.Diagnosis.Checks;

/// <summary>Every class of packets that containers of a policy can send ends as the traffic contract says.</summary>
internal sealed class ContractCheck : IHostCheck
{
    // The checks that explain why a packet takes a wrong way. They report the fault, with a remedy.
    private static readonly ImmutableHashSet<string> s_causes =
    [
        .. new IHostCheck[]
        {
            new TunnelDeviceCheck(),
            new ExitNodeCheck(),
            new TunnelTableCheck(),
            new RepliesCheck(),
            new ReversePathCheck(),
            new ForwardingCheck(),
            new MasqueradeCheck(),
            new StatefulFilteringCheck(),
            new DockerUserCheck(),
            new TablesCheck(),
            new RulesCheck(),
            new BridgeCheck(),
            new ForeignRulesCheck(),
        }.Select(check => check.Name),
    ];

    private const string OwnName = "Contract";

    public string Name => OwnName;

    /// <summary>The results, in which a broken contract refers to the check that has reported its cause.</summary>
    public static IEnumerable<CheckResult> Explained(IReadOnlyCollection<CheckResult> results) =>
        results.Select(result =>
    {
        if (result is not { Check: OwnName, Status: CheckStatus.Fail or CheckStatus.Warn })
            return result;

        CheckResult[] causes = [.. results.Where(other => s_causes.Contains(other.Check)
            && (other.Policy is null || other.Policy == result.Policy)
            && (other.Status == CheckStatus.Fail
                    || (other.Status == CheckStatus.Warn && result.Status == CheckStatus.Warn)))];
        return causes.Length == 0
            ? result
            : result with
            {
                Status = CheckStatus.Skipped,
                Detail = $"See {ListText.Of(causes.Select(cause => cause.Check).Distinct())}. {result.Detail}",
                Remedy = null,
            };
    });

    public IEnumerable<CheckResult> Run(Host host)
    {
        Prover prover = new(new TraceInput(host).For, host.Environment);
        return host.Policies.Select(policy => Examine(policy, host, prover));
    }

    private CheckResult Examine(LivePolicy live, Host host, Prover prover)
    {
        Policy policy = live.Policy;
        string? bridge = policy.Target.Bridge?.ToString();
        string? unknown = !live.IsNamed || !live.IsWhole
                ? "Its rules are incomplete, so its contract is unknown: see Rules."
            : host.Routing.Tables is null
                || policy.Target.Subnets.Any(subnet => !host.Environment.Families.Contains(subnet.Family))
                ? "The routes and rules of the host could not be read."
            : null;
        if (unknown is not null)
            return CheckResult.Skipped(Name, unknown, policy.Name) with { IsUnknown = true };

        if (bridge is null)
            return CheckResult.Skipped(Name, "It has no bridge, so its packets can't be identified.", policy.Name);

        if (!host.Routing.Interfaces.Any(link => link.Name == bridge))
            return CheckResult.Skipped(Name, "Its bridge does not exist now, so it sends no packet.", policy.Name);

        Proof proof = prover.Prove(policy);
        return proof.Counterexample is Counterexample found ? Broken(found, live, host)
            : proof.IsProved ? CheckResult.Pass(Name, Proved(proof, policy), policy.Name)
            : CheckResult.Warn(
                Name, $"Not proved. TailSplit can't evaluate: {ListText.Of(proof.Unsure)}.", null, policy.Name) with
            {
                IsUnknown = true,
            };
    }

    private static string Proved(Proof proof, Policy policy) =>
        $"Proved with {proof.Classes} classes of packets that its containers can send"
        + (policy is KillswitchPolicy ? ": by both layers, by the firewall alone, and by ip rules alone." : ".");

    private CheckResult Broken(Counterexample found, LivePolicy live, Host host)
    {
        string remedy = PolicyCommand.Apply(live.Policy);
        string detail = $"A packet {Describe(found.Packet)} {EndOf(found.Trace)}{LayerOf(found.Layer)}; by the " +
            $"contract it {found.Row.Text}."
            + (found.Trace.Responsible is TraceStep step ? $" Responsible: {step.CommandLine}" : "");
        bool canRepair = !host.Assessment.Gaps(live).IsEmpty;
        return found is { IsLeak: true, Layer: ProofLayer.Both }
            ? CheckResult.Fail(Name, detail, canRepair ? remedy : null, live.Policy.Name)
            : CheckResult.Warn(Name, detail, canRepair ? remedy : null, live.Policy.Name);
    }

    private static string Describe(Packet packet) =>
        $"from {packet.Source} to {packet.Destination} ({string.Join(", ", PartsOf(packet))})";

    // Ports are named where rules can see them: TCP port 443; TCP from port 22 to port 443; TCP from port 80, an
    // answer.
    private static IEnumerable<string> PartsOf(Packet packet)
    {
        string protocol = packet.Protocol.ToString().ToUpperInvariant();
        yield return (packet.Protocol, packet.ClientPort, packet.IsAnswer) switch
        {
            (PacketProtocol.Icmp, _, _) => protocol,
            (PacketProtocol.Other, _, _) =>
                $"protocol {packet.OtherProtocol}{(packet.HasPorts ? $" port {packet.Port}" : "")}",
            (_, null, false) => $"{protocol} port {packet.Port}",
            (_, null, true) => $"{protocol} from port {packet.Port}",
            _ => $"{protocol} from port {packet.SourcePorts} to port {packet.DestinationPorts}",
        };
        string? connection = (packet.State, packet.IsAnswer) switch
        {
            (ConnectionState.New, _) => null,
            (ConnectionState.Related, _) => "an error about a connection",
            (_, true) => "an answer",
            _ => "of an existing connection",
        };
        if (connection is not null)
            yield return connection;

        if (packet.ConnectionMark != 0)
            yield return $"of a connection with mark {MarkText.Hex(packet.ConnectionMark)}";
    }

    private static string EndOf(PacketTrace trace) => trace.End switch
    {
        TraceEnd.Leaves => $"leaves by {trace.Interface}",
        TraceEnd.Delivered => "reaches the host itself",
        TraceEnd.StaysOnBridge => "stays on its bridge",
        _ => "ends on this host",
    };

    private static string LayerOf(ProofLayer layer) => layer switch
    {
        ProofLayer.FirewallAlone => " without TailSplit's ip rules",
        ProofLayer.RoutingAlone => " without TailSplit's firewall rules",
        _ => "",
    };
}
