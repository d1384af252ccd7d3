using System.Collections.Immutable;
using System.Globalization;
using TailSplit.Core.Containers;
using TailSplit.Core.Hosts;
using TailSplit.Core.Kernel;
using TailSplit.Core.Model;
using TailSplit.Execution.Containers;

namespace TailSplit.Execution.Hosts;

/// <summary>Reads the container engines, with the name servers and gateways of each container.</summary>
internal sealed class ContainersReader(Machine machine)
{
    private const string DockerFile = "/etc/docker/daemon.json";

    public async Task<HostContainers> ReadAsync(
        HostScope scope, UnreadParts unread, CancellationToken cancellationToken)
    {
        HostEngines engines = new(machine);
        Task<DockerInfo?> docker = scope.HasSurroundings
            ? unread.TryAsync(
                "Docker's version and firewall", () => engines.GetDockerInfoAsync(cancellationToken))
            : Task.FromResult<DockerInfo?>(null);
        if (!scope.HasContainers)
            return new HostContainers { Docker = await docker.ConfigureAwait(false) };

        Task<(HostNetworks Networks, ImmutableArray<DockerContainer> Running)> asking =
            engines.ReadAllAsync(cancellationToken);
        await Task.WhenAll(docker, asking).ConfigureAwait(false);
        (HostNetworks networks, ImmutableArray<DockerContainer> running) = await asking.ConfigureAwait(false);
        return new HostContainers
        {
            Networks = networks.Networks,
            Running = running,
            Trouble = networks.IsUnknown ? networks.Unseen[0].Failure.Message : null,
            Engines = networks.Engines,
            Unseen = networks.IsUnknown ? [] : networks.Unseen,
            Questions = QuestionsOf(running),
            Gateways = GatewaysOf(running),
            Docker = await docker.ConfigureAwait(false),
            // If Docker is on another machine, or only root can read the file, checks rely on Docker's own output.
            DockerConfiguration = machine.Files.TryRead(DockerFile),
        };
    }

    private ImmutableDictionary<string, NameQuestions> QuestionsOf(IEnumerable<DockerContainer> containers)
    {
        string? hosts = machine.Files.TryRead(ContainerNames.HostsFile);
        return containers
            .Where(container => container.ResolvConfPath is not null)
            .Select(container => (Container: container, Text: machine.Files.TryRead(container.ResolvConfPath!)))
            .Where(each => each.Text is not null)
            .ToImmutableDictionary(
                each => each.Container.Id, each => NameQuestions.Of(each.Container, each.Text!, hosts));
    }

    private ImmutableDictionary<string, ContainerGateways> GatewaysOf(IEnumerable<DockerContainer> containers) =>
        containers
            .Where(container => container.ProcessId > 0)
            .Select(container => (container.Id, Gateways: GatewaysOf(container)))
            .Where(each => each.Gateways is not null)
            .ToImmutableDictionary(each => each.Id, each => each.Gateways!);

    // A kernel without IPv6 lacks the second file, and sends no IPv6 packet.
    private ContainerGateways? GatewaysOf(DockerContainer container)
    {
        string folder = string.Create(CultureInfo.InvariantCulture, $"/proc/{container.ProcessId}/net");
        return machine.Files.TryRead($"{folder}/route") is string routes
            ? new ContainerGateways(
                KernelRoutes.DefaultGateway(routes),
                machine.Files.TryRead($"{folder}/ipv6_route") is string others
                    ? KernelRoutes.DefaultGatewayIPv6(others)
                    : null)
            : null;
    }
}
