using TailSplit.Core.Kernel;
using TailSplit.Core.Model;

namespace TailSplit.Core.Tailscale;

/// <summary>
/// Finds the Tailscale interface: <c>tailscaled --tun</c> can give it any name, and its status does not contain it.
/// </summary>
public static class TunnelFinder
{
    /// <summary>
    /// The interface of Tailscale's table, else the TUN device with a tailnet address; null for neither.
    /// </summary>
    /// <param name="provider">The program that makes the tunnel.</param>
    /// <param name="tableRoutes">The routes of its table.</param>
    /// <param name="interfaces">The interfaces of the host.</param>
    /// <param name="mainRoutes">The routes of table main.</param>
    public static InterfaceName? Find(
        TunnelProvider provider,
        IEnumerable<HostRoute> tableRoutes,
        IReadOnlyCollection<HostInterface> interfaces,
        IReadOnlyCollection<HostRoute> mainRoutes)
    {
        // Peers are routes to single addresses of the tailnet; with LAN access off other prefixes are there as well, by
        // the same device.
        string? device = tableRoutes
            .Where(route => route.Type is null && route.Device is not (null or "lo"))
            .Where(route => TunnelDevice.WhyNot(route.Device!, interfaces, mainRoutes) is null)
            .OrderByDescending(route => route.IsDefault)
            .Select(route => route.Device)
            .FirstOrDefault();
        device ??= interfaces
            .Where(link => link.Addresses.Any(IsTailnetAddress) && (link.Kind == "tun" || !link.HasDetails))
            .Where(link => TunnelDevice.WhyNot(link.Name, interfaces, mainRoutes) is null)
            .OrderByDescending(link => link.Name == provider.Interface.ToString())
            .FirstOrDefault()?.Name;
        return InterfaceName.TryParse(device, out InterfaceName name) ? name : null;

        // Tailscale's own address is alone in its prefix; a Docker bridge inside the range would not be.
        bool IsTailnetAddress(InterfaceAddress address) =>
            address.Network.IsHost && provider.Overlaps(address.Network);
    }
}
