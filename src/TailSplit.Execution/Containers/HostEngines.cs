using System.Collections.Concurrent;
using System.Collections.Immutable;
using TailSplit.Core;
using TailSplit.Core.Containers;
using TailSplit.Core.Errors;
using TailSplit.Core.Model;

namespace TailSplit.Execution.Containers;

/// <summary>
/// The container engines of this host: Docker if its client is installed, Podman if it has run as root. They are
/// asked at the same time. If one fails, the networks of the other are still returned.
/// </summary>
/// <param name="machine">Reaches the host.</param>
public sealed class HostEngines(Machine machine)
{
    private readonly Docker _docker = new(machine.Programs);
    private readonly Podman _podman = new(machine.Programs);
    private ImmutableArray<IContainerEngine>? _engines;

    /// <summary>The engines of the host; Docker if it has none, whose error then says that it is missing.</summary>
    public ImmutableArray<ContainerEngine> Kinds => [.. Engines.Select(engine => engine.Kind)];

    private ImmutableArray<IContainerEngine> Engines => _engines ??=
        !Podman.IsUsed(machine) ? [_docker]
        : machine.Programs.IsInstalled(Docker.Program) ? [_docker, _podman]
        : [_podman];

    /// <summary>The networks of this host's own engines, and the engines that could not be asked.</summary>
    public Task<HostNetworks> ReadAsync(CancellationToken cancellationToken) =>
        ReadAsync(engine => engine.GetNetworksAsync(cancellationToken));

    /// <summary>The same with running containers. An engine counts as asked only if both lists could be read.</summary>
    public async Task<(HostNetworks Networks, ImmutableArray<DockerContainer> Containers)> ReadAllAsync(
        CancellationToken cancellationToken)
    {
        ConcurrentBag<DockerContainer> containers = [];
        HostNetworks networks = await ReadAsync(async engine =>
        {
            Task<ImmutableArray<DockerNetwork>> listing = engine.GetNetworksAsync(cancellationToken);
            Task<ImmutableArray<DockerContainer>> running = engine.GetContainersAsync(cancellationToken);
            await Task.WhenAll(listing, running).ConfigureAwait(false);
            foreach (DockerContainer container in await running.ConfigureAwait(false))
                containers.Add(container);

            return await listing.ConfigureAwait(false);
        }).ConfigureAwait(false);
        return (networks, [.. containers.OrderBy(container => container.Name, StringComparer.Ordinal)]);
    }

    /// <summary>The networks of this host's own engines.</summary>
    /// <exception cref="TailSplitException">No engine could be asked.</exception>
    public async Task<HostNetworks> GetNetworksAsync(CancellationToken cancellationToken) =>
        OrThrow(await ReadAsync(cancellationToken).ConfigureAwait(false));

    /// <summary>The networks of any daemon; each says whether it can have a policy.</summary>
    /// <exception cref="TailSplitException">No engine could be asked.</exception>
    public async Task<HostNetworks> ListNetworksAsync(CancellationToken cancellationToken) => OrThrow(
        await ReadAsync(engine => engine.ListNetworksAsync(cancellationToken)).ConfigureAwait(false));

    /// <summary>All networks as the engines report them. Only for completion.</summary>
    /// <param name="known">Networks of an earlier reading.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="TailSplitException">No engine could be asked.</exception>
    public async Task<HostNetworks> ReadNetworksAsync(
        IReadOnlyCollection<DockerNetwork> known, CancellationToken cancellationToken) => OrThrow(
        await ReadAsync(engine => engine.ReadNetworksAsync(known, cancellationToken)).ConfigureAwait(false));

    /// <summary>The network with exactly this name or id; null if no engine has one.</summary>
    /// <exception cref="TailSplitException">
    /// AmbiguousNetwork: two networks have this name. Or an engine could not be asked, and no other has the network.
    /// </exception>
    public async Task<FoundNetwork> FindNetworkAsync(string name, CancellationToken cancellationToken)
    {
        // A host with one engine lets that engine find the network, which is a single call of Docker.
        if (Engines is [IContainerEngine only])
        {
            try
            {
                return new FoundNetwork(
                    await only.FindNetworkAsync(name, cancellationToken).ConfigureAwait(false), []);
            }
            catch (TailSplitException e) when (IsPodman(e) && UsePodman())
            {
            }
        }

        return Pick(name, await GetNetworksAsync(cancellationToken).ConfigureAwait(false));
    }

    /// <summary>The one of these networks with this name or id.</summary>
    /// <inheritdoc cref="FindNetworkAsync"/>
    public static FoundNetwork Pick(string name, HostNetworks networks)
    {
        DockerNetwork? found = Docker.Pick(name, networks.Networks);
        return found is null && networks.Unseen is [UnseenEngine unseen, ..]
            ? throw unseen.Failure.ToException()
            : new FoundNetwork(found, networks.Unseen);
    }

    /// <summary>The running containers of the engine that created a network.</summary>
    /// <exception cref="TailSplitException">The engine could not be asked.</exception>
    public Task<ImmutableArray<DockerContainer>> GetContainersAsync(
        ContainerEngine engine, CancellationToken cancellationToken) =>
        (engine == ContainerEngine.Podman ? (IContainerEngine)_podman : _docker).GetContainersAsync(cancellationToken);

    /// <summary>The version and settings of the Docker daemon; null if the host has only Podman.</summary>
    /// <exception cref="TailSplitException">Docker could not be asked.</exception>
    public async Task<DockerInfo?> GetDockerInfoAsync(CancellationToken cancellationToken)
    {
        try
        {
            return Engines.Contains(_docker)
                ? await _docker.GetInfoAsync(cancellationToken).ConfigureAwait(false)
                : null;
        }
        catch (TailSplitException e) when (IsPodman(e) && UsePodman())
        {
            return null;
        }
    }

    private static HostNetworks OrThrow(HostNetworks networks) =>
        networks.IsUnknown ? throw networks.Unseen[0].Failure.ToException() : networks;

    private static bool IsPodman(TailSplitException e) => e.Failure.Id == nameof(Failures.DockerIsPodman);

    // The program "docker" is Podman (package podman-docker), or Docker's client uses Podman's socket.
    private bool UsePodman()
    {
        bool canAsk = machine.Programs.IsInstalled(Podman.Program);
        if (canAsk)
            _engines = [_podman];

        return canAsk;
    }

    private async Task<HostNetworks> ReadAsync(
        Func<IContainerEngine, Task<ImmutableArray<DockerNetwork>>> ask)
    {
        ImmutableArray<IContainerEngine> engines = Engines;
        (IContainerEngine Engine, Task<ImmutableArray<DockerNetwork>> Answer)[] asked =
            [.. engines.Select(engine => (engine, ask(engine)))];
        await ((Task)Task.WhenAll(asked.Select(each => each.Answer)))
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        List<DockerNetwork> networks = [];
        List<UnseenEngine> unseen = [];
        foreach ((IContainerEngine engine, Task<ImmutableArray<DockerNetwork>> answer) in asked)
        {
            try
            {
                networks.AddRange(await answer.ConfigureAwait(false));
            }
            catch (TailSplitException e) when (IsPodman(e) && UsePodman())
            {
                // Podman is asked by its own name instead.
                if (!engines.Contains(_podman))
                    return await ReadAsync(ask).ConfigureAwait(false);
            }
            catch (TailSplitException e)
            {
                unseen.Add(new UnseenEngine(engine.Kind, e.Failure));
            }
        }

        return new HostNetworks([.. networks
            .OrderBy(network => network.Name, StringComparer.Ordinal)
            .ThenBy(network => network.Id, StringComparer.Ordinal)
            .Select(network => network.Among(networks))])
        {
            Engines = Kinds,
            Unseen = [.. unseen],
        };
    }
}
