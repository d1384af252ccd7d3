
namespace TailSplit.Core.Foreign;

/// <summary>A program or person that writes rules beside TailSplit.</summary>
/// <param name="Name">As a sentence names it: "Tailscale", "the VPN of wg-quick".</param>
/// <param name="Consequence">The consequence if its rules are removed, as a sentence.</param>
/// <param name="IsVpn">
/// Whether its ip rules carry the host's traffic into another VPN, and refuse it while that is down: only the user may
/// decide that a network does not use it.
/// </param>
public sealed record ForeignOwner(string Name, string Consequence, bool IsVpn = false)
{
    /// <summary>The owner is unknown.</summary>
    public static ForeignOwner Unknown { get; } = new(
        "an unknown program", "What breaks without it is not known.");

    public static ForeignOwner Tailscale { get; } = new(
        "Tailscale",
        "Without it the tailnet and the exit node, and what this host forwards for others, fail until tailscaled " +
        "restarts.");

    public static ForeignOwner TailscaleLan { get; } = new(
        "Tailscale's documented rule for a LAN that a subnet router advertises too",
        "Without it this host loses its LAN, an SSH session over it included.");

    public static ForeignOwner DockerWorkaround { get; } = new(
        "the usual rule for local networks beside an exit node",
        "Without it replies to those networks can go into the tunnel, which cuts them off.");

    public static ForeignOwner WgQuick { get; } = new(
        "WireGuard by wg-quick or NetworkManager",
        "Without it the host leaves its WireGuard tunnel, in clear.", IsVpn: true);

    public static ForeignOwner Mullvad { get; } = new(
        "Mullvad VPN", "Without it the host leaves Mullvad's tunnel, in clear; its daemon puts it back.", IsVpn: true);

    public static ForeignOwner NordVpn { get; } = new(
        "NordVPN", "Without it the host leaves NordVPN's tunnel, in clear; its daemon puts it back.", IsVpn: true);

    public static ForeignOwner OpenVpn { get; } = new(
        "OpenVPN", "Without it the clients or the tunnel of OpenVPN lose their way.", IsVpn: true);

    public static ForeignOwner Docker { get; } = new(
        "Docker", "Without it containers lose their network until Docker restarts.");

    public static ForeignOwner Podman { get; } = new(
        "Podman", "Without it Podman's containers lose their network.");

    public static ForeignOwner Guide { get; } = new(
        "the split tunnel guide's script",
        "Without it the networks that the script handles are neither bypassed nor closed by it; its own 'cleanup' " +
        "removes it.");

    public static ForeignOwner Libvirt { get; } = new(
        "libvirt", "Without it virtual machines lose their network until libvirt restarts.");

    public static ForeignOwner Lxd { get; } = new(
        "LXD or Incus", "Without it its containers lose their network.");

    public static ForeignOwner KubeRouter { get; } = new(
        "kube-router (k3s)",
        "Without it network policies of pods do not hold; kube-router puts it back first at each sync.");

    public static ForeignOwner Kubernetes { get; } = new(
        "Kubernetes", "Without it services and pods of the cluster lose their network; its agents put it back.");

    public static ForeignOwner Ufw { get; } = new(
        "ufw", "Without it the host's firewall is open, or refuses everything where its policy is DROP.");

    public static ForeignOwner Firewalld { get; } = new(
        "firewalld", "Without it the host's firewall does not hold until firewalld reloads.");

    public static ForeignOwner Fail2ban { get; } = new(
        "fail2ban", "Without it banned addresses get in again.");

    public static ForeignOwner CrowdSec { get; } = new(
        "CrowdSec", "Without it banned addresses get in again.");

    public static ForeignOwner Mailcow { get; } = new(
        "mailcow", "Without it banned addresses get in again.");

    public static ForeignOwner Mwan3 { get; } = new(
        "mwan3", "Without it the host does not choose among its uplinks; mwan3 puts it back.");

    public override string ToString() => Name;
}
