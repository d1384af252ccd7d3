using TailSplit.Core.Kernel;
using TailSplit.Core.Model;

namespace TailSplit.Core.Tailscale;

/// <summary>
/// Distinguishes a tunnel from other interfaces. A killswitch lets packets leave by the tunnel, so it must not be the
/// interface to the ISP: behind PPPoE that has a single address of 100.64.0.0/10, too.
/// </summary>
public static class TunnelDevice
{
    /// <summary>
    /// Why an interface can't be the tunnel; null if it can, or if it does not exist, as before Tailscale's start.
    /// </summary>
    public static string? WhyNot(
        InterfaceName name, IEnumerable<HostInterface> interfaces, IEnumerable<HostRoute> mainRoutes) =>
        WhyNot(name.ToString(), interfaces, mainRoutes);

    internal static string? WhyNot(
        string name, IEnumerable<HostInterface> interfaces, IEnumerable<HostRoute> mainRoutes)
    {
        if (mainRoutes.Any(route => route.IsDefault && route.Type is null && route.Device == name))
            return "the default route of table main leaves by it, so it leads to the ISP";

        return interfaces.FirstOrDefault(link => link.Name == name) is { IsTunnel: false } link
            ? $"it is {Describe(link)}, and Tailscale's interface is a TUN device"
            : null;
    }

    private static string Describe(HostInterface link) => link switch
    {
        { Kind: null } => "a network card or another device without a kind",
        { Kind: "tun" } => "a TAP device",
        _ => $"an interface of the kind '{QuotedText.Of(link.Kind)}'",
    };
}
