using TailSplit.Core.Hosts;
using TailSplit.Core.Model;

namespace TailSplit.Core.Diagnosis.Checks;

/// <summary>
/// A killswitch applies to a network. A container that is also on another one has a way out, and uses it if its default
/// route is there. A container whose main network is the other one, such as a reverse proxy, is a guest here. No remedy
/// disconnects a container.
/// </summary>
internal sealed class OtherNetworkCheck : KillswitchCheck
{
    public override string Name => "OtherNetwork";

    protected override CheckResult Examine(KillswitchPolicy policy, DockerNetwork network, Host host)
    {
        List<string> leaks = [];
        List<string> ways = [];
        List<string> guests = [];
        List<DockerNetwork> others = [];
        DockerContainer[] containers = [.. host.Containers.On(network)];
        foreach (DockerContainer container in containers)
        {
            foreach (DockerNetwork other in OpenNetworks(container, network, host).Where(other => !IsPastRules(other)))
            {
                bool isGuest = HomeOf(container, host) is DockerNetwork home && home.Id != network.Id;
                IpFamily[] gateways = [.. DefaultNetwork.Families(container, other, host)];
                (isGuest ? guests : gateways.Length > 0 ? leaks : ways)
                    .Add($"{container} ({other}{(gateways.Length == 1 && !isGuest ? $", {gateways[0]}" : "")})");
                if (!isGuest)
                    others.Add(other);
            }
        }

        string? remedy = Remedy(others, network, host);
        string choice = remedy is null
            ? "Another gateway (gw_priority, Engine 28) or a killswitch on the other network closes it. Only you " +
                "can decide that, since other containers are there."
            : "The remedy closes the other network too, which has no other container.";
        return leaks.Count > 0 ? CheckResult.Fail(
                Name,
                $"Outside the killswitch: {ListText.Of(leaks)} has its default gateway on the other network. " +
                    $"{choice}{Also(guests)}",
                remedy, policy.Name)
            : ways.Count > 0 ? CheckResult.Warn(
                Name,
                $"Also on another network: {ListText.Of(ways)}. Its default gateway is behind the killswitch, but " +
                    $"the other network is not closed. {choice}{Also(guests)}",
                remedy, policy.Name)
            : guests.Count > 0 ? CheckResult.Warn(Name, Also(guests).TrimStart(), remedy: null, policy.Name)
            : CheckResult.Pass(
                Name,
                $"Containers on {network}: {Seen(containers)}. None is on another network with a way out.",
                policy.Name);
    }

    private static string Also(List<string> guests) => guests.Count == 0
        ? ""
        : $" A guest from another network: {ListText.Of(guests)}. It is not closed itself and can forward for " +
            "containers here, as a reverse proxy does.";

    // A killswitch on the other network closes the way out, but only if no other container is on it.
    private static string? Remedy(IEnumerable<DockerNetwork> others, DockerNetwork network, Host host)
    {
        DockerNetwork[] open = [.. others.Distinct()];
        return open.Length > 0
            && open.All(other => other.CanHavePolicy && other.Name != "bridge" && !other.SharesName && IsOurs(other))
            ? string.Join("; ", open.Select(other => $"New-TailSplitKillswitch {other.Name}"))
            : null;

        bool IsOurs(DockerNetwork other) => host.Containers.On(other).All(container =>
            container.Networks.Any(endpoint => endpoint.IsOn(network)) && HomeOf(container, host)?.Id == network.Id)
            && host.Policies.All(policy => host.NetworkOf(policy.Policy)?.Id != other.Id);
    }
}
