using System.Collections.Immutable;
using System.Text.RegularExpressions;
using TailSplit.Core.Kernel;
using TailSplit.Core.Model;

namespace TailSplit.Core.Compilation;

/// <summary>
/// Finds the prefixes of the host's own links: what it has an address in. A route that somebody wrote to half of the
/// internet is none, whichever device it names.
/// </summary>
public static partial class LanFinder
{
    public static ImmutableArray<Cidr> Find(IEnumerable<HostInterface> interfaces, InterfaceName? tunnel) =>
        Cidr.Normalise(interfaces
            .Where(link => link.Name != "lo" && link.Name != tunnel?.ToString() && !Containers().IsMatch(link.Name))
            .SelectMany(link => link.Addresses)
            .Where(address => !address.Address.IsIPv6LinkLocal)
            .Select(address => address.Network)
            .Where(network => !network.IsHost && network.PrefixLength > 0));

    // Bridges as Docker and Podman name them: no container of another network is on the LAN.
    [GeneratedRegex("^(docker0|docker_gwbridge|br-[0-9a-f]{12}|podman[0-9]+|veth.*)$")]
    private static partial Regex Containers();
}
