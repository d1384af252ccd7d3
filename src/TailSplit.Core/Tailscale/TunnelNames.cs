using TailSplit.Core.Model;


namespace TailSplit.Core.Tailscale;

/// <summary>The default name of the Tailscale interface (tailscaled --tun).</summary>
public static class TunnelNames
{
    public static InterfaceName Usual { get; } = InterfaceName.Parse("tailscale0");
}
