using System.Collections.Immutable;
using TailSplit.Core;
using TailSplit.Core.Compilation;
using TailSplit.Core.Containers;
using TailSplit.Core.Model;
using TailSplit.Core.Tailscale;
using TailSplit.Execution.Files;
using TailSplit.Execution.Hosts;
using TailSplit.Execution.Programs;

namespace TailSplit.Execution.Containers;

/// <summary>
/// Finds the packets that a request means: those of a Docker network by its name, or of a subnet or bridge given by
/// hand; and the tunnel. What of the host it has looked at is looked at once.
/// </summary>
public sealed class TargetFinder(IProgramRunner runner, IHostFiles files)
{
    private readonly HostEngines _engines = new(runner, files);
    private bool _asked;
    private HostNetworks? _networks;

    /// <summary>The host as far as it had to be looked at; null as long as that was not needed.</summary>
    public HostState? Seen { get; private set; }

    /// <summary>
    /// Engines that could not be asked while another had the network: they may have one of the same name.
    /// </summary>
    public ImmutableArray<UnseenEngine> Unseen { get; private set; } = [];

    /// <summary>The network of exactly this name or id.</summary>
    /// <exception cref="TailSplitException">
    /// NetworkNotFound, or what <see cref="HostEngines.FindNetworkAsync"/> throws.
    /// </exception>
    public async Task<DockerNetwork> GetNetworkAsync(string name, CancellationToken cancellationToken) =>
        await FindNetworkAsync(name, cancellationToken).ConfigureAwait(false)
        ?? throw Failures.NetworkNotFound(name, EngineText.List(_engines.Kinds)).ToException();

    /// <inheritdoc cref="HostEngines.FindNetworkAsync"/>
    public async Task<DockerNetwork?> FindNetworkAsync(string name, CancellationToken cancellationToken)
    {
        FoundNetwork found;
        // One name is one call of docker; of a pipeline of names, the second reads all networks, and the others none.
        if (!_asked)
        {
            _asked = true;
            found = await _engines.FindNetworkAsync(name, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            _networks ??= await _engines.GetNetworksAsync(cancellationToken).ConfigureAwait(false);
            found = HostEngines.Pick(name, _networks);
        }

        Unseen = found.Unseen;
        return found.Network;
    }

    /// <summary>
    /// A target by hand. Of bridge and subnets the one that is missing is looked up from the host's addresses; the
    /// bridge stays null, or the subnets empty, where the host has none that fits.
    /// </summary>
    /// <exception cref="TailSplitException">
    /// InvalidCidr, InvalidInterfaceName, or BridgeCannotHavePolicy: it has a port that leads elsewhere.
    /// </exception>
    public async Task<PolicyTarget> ByHandAsync(
        IEnumerable<string> subnets, string? bridge, CancellationToken cancellationToken)
    {
        ImmutableArray<Cidr> given = Cidr.Normalise(subnets.Select(Cidr.Parse));
        InterfaceName? device = string.IsNullOrEmpty(bridge) ? null : InterfaceName.Parse(bridge);
        HostState seen = await ReadHostAsync(cancellationToken).ConfigureAwait(false);
        InterfaceName? known = device ?? BridgeFinder.Find(given, seen.Interfaces);
        if (known is InterfaceName found && BridgePorts.WhyOpenByHand(found.ToString(), seen.Interfaces) is string reason)
            throw Failures.BridgeCannotHavePolicy(found, reason).ToException();

        return new PolicyTarget
        {
            Bridge = known,
            Subnets = given.IsEmpty && device is InterfaceName named
                ? BridgeFinder.SubnetsOf(named, seen.Interfaces)
                : given,
        };
    }

    /// <summary>
    /// The network of this name that is on this bridge, where two have the name; null where Docker has none.
    /// </summary>
    /// <inheritdoc cref="HostEngines.FindNetworkAsync"/>
    public async Task<DockerNetwork?> FindNetworkAsync(string name, string? bridge, CancellationToken cancellationToken)
    {
        try
        {
            return await FindNetworkAsync(name, cancellationToken).ConfigureAwait(false);
        }
        catch (TailSplitException e) when (e.Failure.Id == nameof(Failures.AmbiguousNetwork) && !string.IsNullOrEmpty(bridge))
        {
            _networks ??= await _engines.GetNetworksAsync(cancellationToken).ConfigureAwait(false);
            if (_networks.Networks.FirstOrDefault(network => network.Name == name && network.Bridge == bridge) is DockerNetwork found)
                return found;

            throw;
        }
    }

    /// <summary>The Tailscale interface: the given one, else the one that is found; null where none is there.</summary>
    /// <exception cref="TailSplitException">NotATunnel, where it is there and is another kind of interface.</exception>
    public async Task<InterfaceName?> FindTunnelAsync(InterfaceName? given, CancellationToken cancellationToken)
    {
        HostState seen = await ReadHostAsync(cancellationToken).ConfigureAwait(false);
        InterfaceName? tunnel = given ?? seen.Tunnel;
        // One that is not there is believed, as before Tailscale's first start; of the usual name too.
        return seen.WhyNoTunnel(tunnel ?? TunnelNames.Usual) is string reason
            ? throw Failures.NotATunnel(tunnel ?? TunnelNames.Usual, reason).ToException()
            : tunnel;
    }

    private async Task<HostState> ReadHostAsync(CancellationToken cancellationToken) =>
        Seen ??= await new HostReader(runner).ReadRoutingOnlyAsync(cancellationToken).ConfigureAwait(false);
}
