using TailSplit.Core.Model;

namespace TailSplit.Core.Diagnosis.Checks;

/// <summary>
/// A killswitch holds for a network. A container that is on another one as well has a way out, and takes it where that
/// network has its default route.
/// </summary>
internal sealed class OtherNetworkCheck : KillswitchCheck
{
    public override string Name => "OtherNetwork";

    protected override CheckResult Look(KillswitchPolicy policy, DockerNetwork network, HostSnapshot host)
    {
        List<string> leaks = [];
        List<string> ways = [];
        List<string> remedies = [];
        foreach (DockerContainer container in host.ContainersOn(network))
        {
            foreach (DockerNetwork other in OpenNetworks(container, network, host).Where(other => !IsPastRules(other)))
            {
                bool isGateway = DefaultNetwork.Families(container, other, host).Any();
                (isGateway ? leaks : ways).Add($"{container} ({other})");
                remedies.Add($"docker network disconnect {other.Name} {container.Name}");
            }
        }

        string remedy = string.Join("; ", remedies);
        return leaks.Count > 0 ? CheckResult.Fail(
                Name, $"Past the killswitch: {Sentence.List(leaks)} has its default gateway on the other network.",
                remedy, policy.Name)
            : ways.Count > 0 ? CheckResult.Warn(
                Name, $"On another network as well: {Sentence.List(ways)}. Its default gateway is behind the killswitch, but what is on the other network is not.",
                remedy, policy.Name)
            : CheckResult.Pass(Name, "No container of it is on a network by which it could leave.", policy.Name);
    }
}
