using TailSplit.Core.Model;


namespace TailSplit.Core.Tailscale;

/// <summary>The address ranges of every tailnet (tailscale net/tsaddr: CGNATRange, TailscaleULARange).</summary>
public static class TailscaleRanges
{
    /// <summary>100.64.0.0/10, the CGNAT range of RFC 6598 from which tailnet addresses come.</summary>
    public static Cidr IPv4 { get; } = Cidr.Parse("100.64.0.0/10");

    /// <summary>fd7a:115c:a1e0::/48, Tailscale's unique local prefix.</summary>
    public static Cidr IPv6 { get; } = Cidr.Parse("fd7a:115c:a1e0::/48");

    /// <summary>Tailscale's own name server (tailscale net/tsaddr, TailscaleServiceIP).</summary>
    public static Cidr MagicDns(IpFamily family) => family == IpFamily.IPv4
        ? Cidr.Parse("100.100.100.100/32")
        : Cidr.Parse("fd7a:115c:a1e0::53/128");

    public static Cidr Of(IpFamily family) => family == IpFamily.IPv4 ? IPv4 : IPv6;
}
