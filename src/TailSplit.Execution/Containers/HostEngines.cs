using System.Collections.Concurrent;
using System.Collections.Immutable;
using TailSplit.Core;
using TailSplit.Core.Containers;
using TailSplit.Core.Model;
using TailSplit.Execution.Files;
using TailSplit.Execution.Programs;

namespace TailSplit.Execution.Containers;

/// <summary>
/// The container engines of this host, found by themselves: Docker where its client is installed, Podman where it has
/// run as root. They are asked side by side; one that fails hides no network of the other.
/// </summary>
/// <param name="runner">Reaches the engines.</param>
/// <param name="files">Says whether Podman has run.</param>
public sealed class HostEngines(IProgramRunner runner, IHostFiles files)
{
    private readonly Docker _docker = new(runner);
    private readonly Podman _podman = new(runner);
    private ImmutableArray<IContainerEngine>? _engines;

    /// <summary>The engines that the host has; Docker where it has none, whose failure then says so.</summary>
    public ImmutableArray<ContainerEngine> Kinds => [.. Engines.Select(engine => engine.Kind)];

    private ImmutableArray<IContainerEngine> Engines => _engines ??=
        !Podman.IsUsed(runner, files) ? [_docker] : runner.IsInstalled(Docker.Program) ? [_docker, _podman] : [_podman];

    /// <summary>The networks of this host's own engines. What could not be asked is said beside them.</summary>
    public Task<HostNetworks> ReadAsync(CancellationToken cancellationToken) =>
        ReadAsync(engine => engine.GetNetworksAsync(cancellationToken));

    /// <summary>The same with the running containers. An engine is seen as a whole, or not at all.</summary>
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

    /// <summary>The same of whichever daemon answers; each network says whether a policy can hold on it.</summary>
    /// <exception cref="TailSplitException">No engine could be asked.</exception>
    public async Task<HostNetworks> ListNetworksAsync(CancellationToken cancellationToken) => OrThrow(
        await ReadAsync(engine => engine.ListNetworksAsync(cancellationToken)).ConfigureAwait(false));

    /// <summary>All networks as the engines report them: for completion alone.</summary>
    /// <exception cref="TailSplitException">No engine could be asked.</exception>
    public async Task<HostNetworks> ReadNetworksAsync(CancellationToken cancellationToken) => OrThrow(
        await ReadAsync(engine => engine.ReadNetworksAsync(cancellationToken)).ConfigureAwait(false));

    /// <summary>The network of exactly this name or id; null where no engine has one.</summary>
    /// <exception cref="TailSplitException">
    /// AmbiguousNetwork: two have this name; or an engine could not be asked, and no other has the network.
    /// </exception>
    public async Task<FoundNetwork> FindNetworkAsync(string name, CancellationToken cancellationToken)
    {
        // Of the networks of one engine, that engine finds one by itself, which is one call where it is Docker.
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

    /// <summary>The network of this name or id among these.</summary>
    /// <inheritdoc cref="FindNetworkAsync"/>
    public static FoundNetwork Pick(string name, HostNetworks networks)
    {
        DockerNetwork? found = Docker.Pick(name, networks.Networks);
        return found is null && networks.Unseen is [UnseenEngine unseen, ..]
            ? throw unseen.Failure.ToException()
            : new FoundNetwork(found, networks.Unseen);
    }

    /// <summary>The running containers of the engine that made a network.</summary>
    /// <exception cref="TailSplitException">The engine could not be asked.</exception>
    public Task<ImmutableArray<DockerContainer>> GetContainersAsync(
        ContainerEngine engine, CancellationToken cancellationToken) =>
        (engine == ContainerEngine.Podman ? (IContainerEngine)_podman : _docker).GetContainersAsync(cancellationToken);

    /// <summary>The Docker daemon itself; null where the host has Podman alone.</summary>
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

    // Behind the name "docker" is Podman (package podman-docker, or Docker's client at Podman's socket).
    private bool UsePodman()
    {
        bool canAsk = runner.IsInstalled(Podman.Program);
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
                // Podman is asked itself: now, or it was already.
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
