using TailSplit.Core.Containers;
using TailSplit.Core.Hosts;
using TailSplit.Core.Model;

namespace TailSplit.Core.Diagnosis.Checks;

/// <summary>
/// Docker's own name server forwards the queries of containers, since Engine 28 from the host's namespace, where a
/// killswitch does not apply. A server on the LAN is refused to a container that queries it itself.
/// </summary>
internal sealed class EmbeddedDnsCheck : KillswitchCheck
{
    public override string Name => "EmbeddedDns";

    protected override CheckResult Examine(KillswitchPolicy policy, DockerNetwork network, Host host)
    {
        NameWays ways = new(policy, host.Environment.OnLink);
        if (ways.Unreached(host.Routing.Interfaces) is string unreached)
            return CheckResult.Warn(Name, unreached, null, policy.Name);

        NameQuestions[] questions = [.. host.Containers.QuestionsOn(network)];
        if (ways.Refused(questions) is string refused)
            return CheckResult.Warn(Name, refused, ways.Command, policy.Name);

        bool exitNode = host.Tunnel.ExitNodeIsActive;
        if (ways.ByPodman(questions, exitNode) is string asked)
            return exitNode
                ? CheckResult.Warn(Name, asked, ways.Command, policy.Name)
                : CheckResult.Fail(Name, asked, ways.Command, policy.Name);

        // A container gets its servers when it is created; no command changes them.
        return ways.PastKillswitch(questions, exitNode) is not string past
            ? CheckResult.Pass(Name, "No DNS query leaves outside the killswitch.", policy.Name)
            : exitNode ? CheckResult.Warn(Name, past, null, policy.Name)
            : CheckResult.Fail(Name, past, null, policy.Name);
    }
}
