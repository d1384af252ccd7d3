using TailSplit.Core.Model;

namespace TailSplit.Core.Containers;

/// <summary>Names container engines in sentences.</summary>
public static class EngineText
{
    /// <summary>"Docker", "Podman", or "Docker and Podman".</summary>
    public static string List(IEnumerable<ContainerEngine> engines) => string.Join(" and ", engines.Distinct().Order());

    /// <summary>"Docker network" where all of these are Docker's, "Podman network", or "network".</summary>
    public static string Kind(IEnumerable<DockerNetwork> networks)
    {
        ContainerEngine[] engines = [.. networks.Select(network => network.Engine).Distinct()];
        return engines.Length > 1 ? "network" : $"{engines.FirstOrDefault()} network";
    }

    /// <summary>A clause that none of these engines has a network of this name.</summary>
    public static string Lack(IReadOnlyCollection<ContainerEngine> engines, string network) =>
        $"{List(engines)} {(engines.Count == 1 ? "has" : "have")} no network '{QuotedText.Of(network)}'";

    /// <summary>The ids of networks, with their engines where those differ.</summary>
    public static string Ids(IReadOnlyCollection<DockerNetwork> networks)
    {
        bool several = networks.Select(network => network.Engine).Distinct().Count() > 1;
        return string.Join(
            ", ", networks.Select(network => several ? $"{network.Id} ({network.Engine})" : network.Id));
    }
}
