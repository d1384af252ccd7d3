using System.Collections.Immutable;
using TailSplit.Core;
using TailSplit.Core.Compilation;
using TailSplit.Core.Model;

namespace TailSplit.Execution;

/// <summary>
/// Finds the packets that a request means: those of a Docker network by its name, or of a subnet or bridge given by
/// hand; and the tunnel. What of the host it has looked at is looked at once.
/// </summary>
public sealed class TargetFinder(IProgramRunner runner)
{
    private readonly Docker _docker = new(runner);
    private bool _asked;
    private ImmutableArray<DockerNetwork>? _networks;

    /// <summary>The host as far as it had to be looked at; null as long as that was not needed.</summary>
    public HostState? Seen { get; private set; }

    /// <summary>The network of exactly this name or id.</summary>
    /// <exception cref="TailSplitException">
    /// NetworkNotFound, NotInstalled, DockerUnavailable or UnreadableOutput.
    /// </exception>
    public async Task<DockerNetwork> GetNetworkAsync(string name, CancellationToken cancellationToken) =>
        await FindNetworkAsync(name, cancellationToken).ConfigureAwait(false)
        ?? throw Failures.NetworkNotFound(name).ToException();

    /// <inheritdoc cref="Docker.FindNetworkAsync"/>
    public async Task<DockerNetwork?> FindNetworkAsync(string name, CancellationToken cancellationToken)
    {
        // One name is one call of docker; of a pipeline of names, the second reads all networks, and the others none.
        if (!_asked)
        {
            _asked = true;
            return await _docker.FindNetworkAsync(name, cancellationToken).ConfigureAwait(false);
        }

        _networks ??= await _docker.GetNetworksAsync(cancellationToken).ConfigureAwait(false);
        return _networks.Value.FirstOrDefault(network => network.Name == name || network.Id == name);
    }

    /// <summary>
    /// A target by hand. Of bridge and subnets the one that is missing is looked up from the host's addresses; the
    /// bridge stays null, or the subnets empty, where the host has none that fits.
    /// </summary>
    /// <exception cref="TailSplitException">InvalidCidr or InvalidInterfaceName.</exception>
    public async Task<PolicyTarget> ByHandAsync(
        IEnumerable<string> subnets, string? bridge, CancellationToken cancellationToken)
    {
        ImmutableArray<Cidr> given = Cidr.Normalise(subnets.Select(Cidr.Parse));
        InterfaceName? device = string.IsNullOrEmpty(bridge) ? null : InterfaceName.Parse(bridge);
        if (device is not null && !given.IsEmpty)
            return new PolicyTarget { Bridge = device, Subnets = given };

        HostState seen = await LookAsync(cancellationToken).ConfigureAwait(false);
        return device is InterfaceName known
            ? new PolicyTarget { Bridge = known, Subnets = BridgeFinder.SubnetsOf(known, seen.Interfaces) }
            : new PolicyTarget { Bridge = BridgeFinder.Find(given, seen.Interfaces), Subnets = given };
    }

    /// <summary>The Tailscale interface; null where none is there, as before Tailscale's first start.</summary>
    public async Task<InterfaceName?> FindTunnelAsync(CancellationToken cancellationToken) =>
        (await LookAsync(cancellationToken).ConfigureAwait(false)).Tunnel;

    private async Task<HostState> LookAsync(CancellationToken cancellationToken) =>
        Seen ??= await new HostReader(runner).GlanceAtRoutingAsync(cancellationToken).ConfigureAwait(false);
}
