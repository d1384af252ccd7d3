using System.Collections.Immutable;
using System.Net;
using TailSplit.Core;
using TailSplit.Core.Model;
using TailSplit.Core.Tracing;
using TailSplit.Execution.Hosts;

namespace TailSplit.Conversion;

/// <summary>The network from which a traced packet comes.</summary>
internal sealed record TraceNetwork(string Name, InterfaceName Bridge, ImmutableArray<Cidr> Subnets)
{
    /// <summary>Gateways of the network, which no container has.</summary>
    private ImmutableArray<string> Gateways { get; init; } = [];

    public static TraceNetwork Of(DockerNetwork network) => new(
        network.Name, InterfaceName.Parse(network.Bridge!), Cidr.Normalise(network.Subnet.Select(Cidr.Parse)))
    {
        Gateways = network.Gateway,
    };

    /// <summary>
    /// Why packets of a network can't be traced; null where they can. An internal one can, though it has no policy.
    /// </summary>
    public static string? WhyNot(DockerNetwork network) =>
        network.Bridge is null ? network.Reason ?? "its bridge is not known"
        : InterfaceName.TryParse(network.Bridge, out _, out string? reason) ? null
        : $"the name of its bridge can't be used: {reason}";

    /// <summary>The address that sends to a destination.</summary>
    /// <exception cref="TailSplitException">InvalidAddress or FamilyNotOnNetwork.</exception>
    public IPAddress SourceFor(IPAddress destination, string? given, HostState state)
    {
        IPAddress[] taken = [
            .. state.Interfaces.SelectMany(link => link.Addresses).Select(address => address.Address),
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
