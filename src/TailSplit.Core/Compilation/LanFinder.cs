using System.Collections.Immutable;
using System.Text.RegularExpressions;
using TailSplit.Core.Kernel;
using TailSplit.Core.Model;

namespace TailSplit.Core.Compilation;

/// <summary>
/// Finds the prefixes of the host's own links, in which it has an address. A route to half of the internet is not such
/// a prefix, whatever its device.
/// </summary>
public static partial class LanFinder
{
    public static ImmutableArray<Cidr> Find(IReadOnlyCollection<HostInterface> interfaces, InterfaceName? tunnel) =>
        Cidr.Normalise(interfaces
            .Where(link => link.Name != "lo" && link.Name != tunnel?.ToString() && !IsOfContainers(link, interfaces))
            .SelectMany(link => link.Addresses)
            .Where(address => !address.Address.IsIPv6LinkLocal)
            .Select(address => address.Network)
            .Where(network => !network.IsHost && network.PrefixLength > 0));

    // No container of another network is on the LAN. A bridge can have any name (com.docker.network.bridge.name), so
    // its ports tell; libvirt's has none until a machine starts.
    private static bool IsOfContainers(HostInterface link, IReadOnlyCollection<HostInterface> interfaces) =>
        Containers().IsMatch(link.Name)
        || (link.Kind == "bridge" && !link.Name.StartsWith("virbr", StringComparison.Ordinal) && interfaces
            .Where(port => port.Master == link.Name)
            .All(port => BridgePorts.IsOfContainer(port, interfaces)));

    // Bridges as Docker and Podman name them by themselves.
    [GeneratedRegex("^(docker0|docker_gwbridge|br-[0-9a-f]{12}|podman[0-9]+|veth.*)$")]
    private static partial Regex Containers();
}
