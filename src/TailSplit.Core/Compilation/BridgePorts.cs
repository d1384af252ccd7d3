using TailSplit.Core.Kernel;

namespace TailSplit.Core.Compilation;

/// <summary>
/// Finds ports of a bridge that do not lead into containers. A frame that leaves by such a port is switched, not
/// routed: it crosses no ip rule, and no chain of the firewall where bridge-nf-call-iptables is 0.
/// </summary>
public static class BridgePorts
{
    // moby libnetwork/drivers/bridge: "veth" and 7 hexadecimal digits; the probe's own end begins with "tsprobe".
    private const string DockerPrefix = "veth";
    private const string ProbePrefix = "tsprobe";

    // systemd-nspawn --network-bridge; LXC and Podman begin with "veth" as Docker does.
    private const string NspawnPrefix = "vb-";

    /// <summary>
    /// Why the containers of Docker's bridge can leave without meeting a rule; null if no reason is known.
    /// </summary>
    public static string? WhyOpen(string bridge, IReadOnlyCollection<HostInterface> interfaces) =>
        Describe(bridge, interfaces, port => IsOfContainer(port, interfaces));

    /// <summary>The same of a bridge given by hand, which may belong to Podman or to virtual machines.</summary>
    public static string? WhyOpenByHand(string bridge, IReadOnlyCollection<HostInterface> interfaces) => Describe(
        bridge, interfaces,
        port => port is { Kind: "tun", TunMode: "tap" }
            || (port is { Kind: "veth", HasPeerElsewhere: true }
                && port.Name.StartsWith(NspawnPrefix, StringComparison.Ordinal))
            || IsOfContainer(port, interfaces));

    private static string? Describe(
        string bridge, IReadOnlyCollection<HostInterface> interfaces, Predicate<HostInterface> isGuest)
    {
        // Packets of a VRF's port come by the VRF for ip rules and for FORWARD (linux drivers/net/vrf.c: vrf_ip_rcv).
        if (interfaces.FirstOrDefault(link => link.Name == bridge)?.Master is string master)
            return $"its bridge {bridge} is part of {master}: its packets enter by {master} and " +
                $"bypass the rules for {bridge}";

        string[] others =
        [
            .. interfaces
                .Where(port => port.Master == bridge && !(port.HasDetails ? isGuest(port) : IsNamedAsGuest(port)))
                .Select(port => port.Name)
        ];
        return others.Length == 0
            ? null
            : $"its bridge {bridge} has a port that is not a container's, {string.Join(", ", others)}: frames " +
                "leave by it and bypass routing and firewall";
    }

    // An old ip reports no kinds, so only the name is left. libvirt's begin with "vnet".
    private static bool IsNamedAsGuest(HostInterface port) =>
        ((string[])[DockerPrefix, ProbePrefix, NspawnPrefix, "vnet", "tap"])
        .Any(prefix => port.Name.StartsWith(prefix, StringComparison.Ordinal));

    /// <summary>Whether a port of a bridge is the host's end of a container's interface.</summary>
    internal static bool IsOfContainer(HostInterface port, IReadOnlyCollection<HostInterface> interfaces)
    {
        if (port.Kind != "veth")
            return false;

        if (port.HasPeerElsewhere)
            return port.Name.StartsWith(DockerPrefix, StringComparison.Ordinal)
                || port.Name.StartsWith(ProbePrefix, StringComparison.Ordinal);

        // Docker makes both ends here and then moves one into the container: until then nobody uses it.
        return port.Name.StartsWith(DockerPrefix, StringComparison.Ordinal)
            && interfaces.FirstOrDefault(link => link.Name == port.Link)
                is { Master: null, Addresses.IsEmpty: true } peer
            && peer.Name.StartsWith(DockerPrefix, StringComparison.Ordinal);
    }
}
