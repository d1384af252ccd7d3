using System.Collections.Immutable;
using TailSplit.Core.Containers;
using TailSplit.Core.Model;

namespace TailSplit.Core.Hosts;

/// <summary>The networks and containers of a host's container engines.</summary>
public sealed record HostContainers
{
    public ImmutableArray<DockerNetwork> Networks { get; init; } = [];

    /// <summary>The running containers.</summary>
    public ImmutableArray<DockerContainer> Running { get; init; } = [];

    /// <summary>The engines of the host.</summary>
    public ImmutableArray<ContainerEngine> Engines { get; init; } = [ContainerEngine.Docker];

    /// <summary>The engines that could not be asked, while another could.</summary>
    public ImmutableArray<UnseenEngine> Unseen { get; init; } = [];

    /// <summary>Why no networks and containers could be seen; null if an engine reported them.</summary>
    public string? Trouble { get; init; }

    /// <summary>By id of the container, which name servers it asks; only where its resolv.conf can be read.</summary>
    public ImmutableDictionary<string, NameQuestions> Questions { get; init; } =
        ImmutableDictionary<string, NameQuestions>.Empty;

    /// <summary>By id of the container, its default gateways as its kernel has them.</summary>
    public ImmutableDictionary<string, ContainerGateways> Gateways { get; init; } =
        ImmutableDictionary<string, ContainerGateways>.Empty;

    /// <summary>Docker's version and firewall; null if it could not be asked.</summary>
    public DockerInfo? Docker { get; init; }

    /// <summary>The text of /etc/docker/daemon.json; null if the file does not exist.</summary>
    public string? DockerConfiguration { get; init; }

    /// <summary>What the engines reported.</summary>
    internal HostNetworks Reported => new(Networks) { Engines = Engines, Unseen = Unseen };

    internal IEnumerable<DockerContainer> On(DockerNetwork? network) => network is null
        ? []
        : Running.Where(container => container.Networks.Any(endpoint => endpoint.IsOn(network)));

    /// <summary>Which name servers the containers of a network ask.</summary>
    internal IEnumerable<NameQuestions> QuestionsOn(DockerNetwork? network) => On(network).Select(container =>
        Questions.GetValueOrDefault(container.Id) ?? new NameQuestions(container.Name, [], []));
}
