using TailSplit.Core.Model;

namespace TailSplit.Core.Planning;

/// <summary>Holds a policy's target against the Docker network that it was made for, which may have been made anew since.</summary>
public static class NetworkAssessment
{
    public static IEnumerable<string> Missing(PolicyTarget target, IEnumerable<DockerNetwork> networks)
    {
        string name = target.Network?.ToString() ?? "";
        DockerNetwork? network = networks.FirstOrDefault(network => network.Name == name);
        if (network is null)
        {
            yield return $"the Docker network '{name}' itself";
            yield break;
        }

        if (network.Bridge != target.Bridge?.ToString())
            yield return $"the bridge: the network '{name}' is on {network.Bridge} now, the policy on {target.Bridge}";

        foreach (Cidr subnet in network.Subnet.Except(target.Subnets))
            yield return $"the subnet {subnet} that the network '{name}' has now";
    }
}
