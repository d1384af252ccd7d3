using TailSplit.Core.Model;

namespace TailSplit.Core.Diagnosis.Checks;

/// <summary>
/// Containers behind a killswitch that could get round it by what they are allowed: a macvlan or ipvlan network
/// besides, host privileges, or capabilities over the network that Docker does not give by itself. (NET_RAW it gives to
/// every container; rules match the bridge, so a forged source address does not help.)
/// </summary>
internal sealed class PrivilegesCheck : KillswitchCheck
{
    private static readonly string[] s_capabilities = ["ALL", "NET_ADMIN", "NET_RAW", "SYS_ADMIN", "SYS_MODULE"];

    public override string Name => "Privileges";

    protected override CheckResult Look(KillswitchPolicy policy, DockerNetwork network, HostSnapshot host)
    {
        List<string> found = [];
        List<string> remedies = [];
        bool pastRules = false;
        foreach (DockerContainer container in host.ContainersOn(network))
        {
            DockerNetwork[] direct = [.. OpenNetworks(container, network, host).Where(IsPastRules)];
            found.AddRange(
                direct.Select(other => $"{container} is on {other}, a {other.Driver} network, which no rule sees"));
            remedies.AddRange(direct.Select(other => $"docker network disconnect {other.Name} {container.Name}"));
            pastRules |= direct.Length > 0;
            if (PowerOf(container) is not string power)
                continue;

            found.Add($"{container} {power}");
            remedies.Add($"docker network disconnect {network.Name} {container.Name}");
        }

        string detail = string.Join("; ", found);
        string remedy = string.Join("; ", remedies);
        string[] onHost = [.. host.Containers
            .Where(container => container.NetworkMode == "host")
            .Select(container => container.Name)];
        return pastRules ? CheckResult.Fail(Name, $"Past the killswitch: {detail}.", remedy, policy.Name)
            : found.Count > 0 ? CheckResult.Warn(Name, $"Could get round the killswitch: {detail}.", remedy, policy.Name)
            : CheckResult.Pass(
                Name,
                "No container of it has more power than Docker gives by itself."
                    + (onHost.Length > 0 ? $" On the host's own network, where no policy holds: {Sentence.List(onHost)}." : ""),
                policy.Name);
    }

    private static string? PowerOf(DockerContainer container)
    {
        if (container.Privileged)
            return "is privileged: it can change the host's rules";

        string[] added = [.. s_capabilities.Intersect(container.AddedCapabilities)];
        return added.Length > 0 ? $"has {string.Join(" and ", added)}" : null;
    }
}
