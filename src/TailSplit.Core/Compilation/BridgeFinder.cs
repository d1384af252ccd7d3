using System.Collections.Immutable;
using TailSplit.Core.Kernel;
using TailSplit.Core.Model;

namespace TailSplit.Core.Compilation;

/// <summary>
/// Finds the bridge of a subnet that was given by hand: the interface on which the host has an address of it.
/// </summary>
public static class BridgeFinder
{
    public static InterfaceName? Find(IEnumerable<Cidr> subnets, IEnumerable<HostInterface> interfaces)
    {
        HashSet<Cidr> wanted = [.. subnets];
        string? name = interfaces
            .FirstOrDefault(link => link.Addresses.Any(address => wanted.Contains(address.Network)))?.Name;
        return InterfaceName.TryParse(name, out InterfaceName bridge) ? bridge : null;
    }

    /// <summary>
    /// The subnets of a bridge: the prefixes of the host's addresses on it, link-local ones left out.
    /// </summary>
    public static ImmutableArray<Cidr> SubnetsOf(InterfaceName bridge, IEnumerable<HostInterface> interfaces) =>
        Cidr.Normalise(interfaces
        .Where(link => link.Name == bridge.ToString())
        .SelectMany(link => link.Addresses)
        .Where(address => !address.Address.IsIPv6LinkLocal)
        .Select(address => address.Network));
}
