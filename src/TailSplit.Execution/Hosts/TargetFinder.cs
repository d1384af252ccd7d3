using System.Collections.Immutable;
using TailSplit.Core;
using TailSplit.Core.Compilation;
using TailSplit.Core.Containers;
using TailSplit.Core.Errors;
using TailSplit.Core.Hosts;
using TailSplit.Core.Model;
using TailSplit.Execution.Containers;

namespace TailSplit.Execution.Hosts;

/// <summary>
/// Finds the network that a request names: a Docker network by its name, or a subnet or bridge. It also finds the
/// tunnel. It reads the host and the engines once for all requests.
/// </summary>
public sealed class TargetFinder(Machine machine)
{
    private readonly HostEngines _engines = new(machine);
    private bool _asked;
    private HostNetworks? _networks;
    private Host? _host;

    /// <summary>
    /// The engines that could not be asked while another had the network. They may have one of the same name.
    /// </summary>
    public ImmutableArray<UnseenEngine> Unseen { get; private set; } = [];

    /// <summary>The network with exactly this name or id.</summary>
    /// <exception cref="TailSplitException">
    /// NetworkNotFound, or as <see cref="HostEngines.FindNetworkAsync"/>.
    /// </exception>
    public async Task<DockerNetwork> GetNetworkAsync(string name, CancellationToken cancellationToken) =>
        await FindNetworkAsync(name, cancellationToken).ConfigureAwait(false)
        ?? throw Failures.NetworkNotFound(name, EngineText.List(_engines.Kinds)).ToException();

    /// <inheritdoc cref="HostEngines.FindNetworkAsync"/>
    public async Task<DockerNetwork?> FindNetworkAsync(string name, CancellationToken cancellationToken)
    {
        FoundNetwork found;
        // The first name of a pipeline is one call of docker. The second reads all networks, for the others too.
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
    /// A target by bridge or subnets. The missing part is found by the addresses of the host. If none matches, the
    /// bridge is null, or the subnets are empty.
    /// </summary>
    /// <exception cref="TailSplitException">
    /// InvalidCidr, InvalidInterfaceName, or BridgeCannotHavePolicy: a port of the bridge leads elsewhere.
    /// </exception>
    public async Task<PolicyTarget> ByHandAsync(
        IEnumerable<string> subnets, string? bridge, CancellationToken cancellationToken)
    {
        ImmutableArray<Cidr> given = Cidr.Normalise(subnets.Select(Cidr.Parse));
        InterfaceName? device = string.IsNullOrEmpty(bridge) ? null : InterfaceName.Parse(bridge);
        Host seen = await ReadHostAsync(cancellationToken).ConfigureAwait(false);
        InterfaceName? known = device ?? BridgeFinder.Find(given, seen.Routing.Interfaces);
        if (known is InterfaceName found
            && BridgePorts.WhyOpenByHand(found.ToString(), seen.Routing.Interfaces) is string reason)
        {
            throw Failures.BridgeCannotHavePolicy(found, reason).ToException();
        }

        return new PolicyTarget
        {
            Bridge = known,
            Subnets = given.IsEmpty && device is InterfaceName named
                ? BridgeFinder.SubnetsOf(named, seen.Routing.Interfaces)
                : given,
        };
    }

    /// <summary>
    /// The network with this name; if two have it, the one on this bridge. Null if no engine has one.
    /// </summary>
    /// <inheritdoc cref="HostEngines.FindNetworkAsync"/>
    public async Task<DockerNetwork?> FindNetworkAsync(string name, string? bridge, CancellationToken cancellationToken)
    {
        try
        {
            return await FindNetworkAsync(name, cancellationToken).ConfigureAwait(false);
        }
        catch (TailSplitException e) when (
            e.Failure.Id == nameof(Failures.AmbiguousNetwork) && !string.IsNullOrEmpty(bridge))
        {
            _networks ??= await _engines.GetNetworksAsync(cancellationToken).ConfigureAwait(false);
            DockerNetwork? found = _networks.Networks.FirstOrDefault(
                network => network.Name == name && network.Bridge == bridge);
            if (found is not null)
                return found;

            throw;
        }
    }

    /// <summary>The Tailscale interface: the given one, otherwise the one found; null if none exists.</summary>
    /// <exception cref="TailSplitException">NotATunnel: it exists and is another kind of interface.</exception>
    public async Task<InterfaceName?> FindTunnelAsync(InterfaceName? given, CancellationToken cancellationToken)
    {
        Host seen = await ReadHostAsync(cancellationToken).ConfigureAwait(false);
        InterfaceName? tunnel = given ?? seen.Tunnel.Name;
        InterfaceName looked = tunnel ?? seen.Environment.Provider.Interface;
        // An interface that does not exist is accepted, since Tailscale may not have started yet.
        return seen.WhyNoTunnel(looked) is string reason
            ? throw Failures.NotATunnel(looked, reason).ToException()
            : tunnel;
    }

    /// <summary>The host without its firewall, read once.</summary>
    public async Task<Host> ReadHostAsync(CancellationToken cancellationToken) =>
        _host ??= await new HostReader(machine).ReadAsync(HostScope.Routing, cancellationToken).ConfigureAwait(false);
}
