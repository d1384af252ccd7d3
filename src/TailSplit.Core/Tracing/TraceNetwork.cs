using System.Collections.Immutable;
using System.Net;
using TailSplit.Core.Compilation;
using TailSplit.Core.Errors;
using TailSplit.Core.Kernel;
using TailSplit.Core.Model;

namespace TailSplit.Core.Tracing;

/// <summary>The network from which a traced packet comes.</summary>
public sealed record TraceNetwork(string Name, InterfaceName Bridge, ImmutableArray<Cidr> Subnets)
{
    /// <summary>Gateways of the network, which no container has.</summary>
    private ImmutableArray<string> Gateways { get; init; } = [];

    public static TraceNetwork Of(DockerNetwork network) => new(
        network.Name, InterfaceName.Parse(network.Bridge!), Cidr.Normalise(network.Subnet.Select(Cidr.Parse)))
    {
        Gateways = network.Gateway,
    };

    /// <summary>
    /// A network that subnets or a bridge name. The other one comes from the host's addresses: the subnets stay empty
    /// where the bridge has none.
    /// </summary>
    /// <exception cref="TailSplitException">SubnetWithoutBridge.</exception>
    public static TraceNetwork ByHand(
        ImmutableArray<Cidr> subnets, InterfaceName? bridge, IReadOnlyCollection<HostInterface> interfaces)
    {
        InterfaceName found = bridge
            ?? BridgeFinder.Find(subnets, interfaces)
            ?? throw Failures.SubnetWithoutBridge(subnets[0]).ToException();
        return new TraceNetwork(
            found.ToString(), found, subnets.IsEmpty ? BridgeFinder.SubnetsOf(found, interfaces) : subnets);
    }

    /// <summary>
    /// Why packets of a network can't be traced; null if they can. An internal one can, though it has no policy.
    /// </summary>
    public static string? WhyNot(DockerNetwork network) =>
        network.Bridge is null ? network.Reason ?? "its bridge is not known"
        : InterfaceName.TryParse(network.Bridge, out _, out string? reason) ? null
        : $"the name of its bridge can't be used: {reason}";

    /// <summary>The address that sends to a destination.</summary>
    /// <exception cref="TailSplitException">InvalidAddress or FamilyNotOnNetwork.</exception>
    public IPAddress SourceFor(IPAddress destination, string? given, IReadOnlyCollection<HostInterface> interfaces)
    {
        IPAddress[] taken = [
            .. interfaces.SelectMany(link => link.Addresses).Select(address => address.Address),
            .. Gateways
                .Select(gateway => IPAddress.TryParse(gateway, out IPAddress? address) ? address : null)
                .OfType<IPAddress>(),
        ];
        if (given is null)
        {
            return PacketAddress.Container(Subnets, taken, destination)
                ?? throw Failures.FamilyNotOnNetwork(Name, destination.ToString()).ToException();
        }

        IPAddress source = PacketAddress.Parse(given);
        return source.AddressFamily == destination.AddressFamily
            ? source
            : throw Failures.InvalidAddress(given, $"it is not of the family of {destination}").ToException();
    }
}
