using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using TailSplit.Core.Errors;
using TailSplit.Core.Model;

namespace TailSplit.Core.Probing;

/// <summary>Addresses that probes can be sent to.</summary>
public static class ProbeTarget
{
    /// <summary>
    /// The default: Cloudflare's public resolver, which serves all these protocols. The first router after the host or
    /// the exit node drops a probe, so none reaches it.
    /// </summary>
    public static ImmutableArray<IPAddress> Usual { get; } =
        [IPAddress.Parse("1.1.1.1"), IPAddress.Parse("2606:4700:4700::1111")];

    /// <exception cref="TailSplitException">InvalidProbeTarget.</exception>
    public static IPAddress Parse(string text) =>
        Cidr.TryParse(text, out Cidr cidr) && cidr.IsHost && IsUnicast(cidr.Address)
            ? cidr.Address
            : throw Failures.InvalidProbeTarget(text).ToException();

    private static bool IsUnicast(IPAddress address) => address.AddressFamily == AddressFamily.InterNetwork
        ? address.GetAddressBytes()[0] is not (0 or 127 or >= 224)
        : !address.IsIPv6Multicast && !address.IsIPv6LinkLocal && !address.IsIPv4MappedToIPv6
            && !address.Equals(IPAddress.IPv6Any) && !address.Equals(IPAddress.IPv6Loopback);
}
