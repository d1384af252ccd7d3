using TailSplit.Core.Model;


namespace TailSplit.Core.Tailscale;

/// <summary>The name that the Tailscale interface has unless somebody chose another (tailscaled --tun).</summary>
public static class TunnelNames
{
    public static InterfaceName Usual { get; } = InterfaceName.Parse("tailscale0");
}
