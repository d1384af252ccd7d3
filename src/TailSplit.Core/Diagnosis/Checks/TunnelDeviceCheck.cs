using TailSplit.Core.Hosts;
using TailSplit.Core.Model;
using TailSplit.Core.Tailscale;

namespace TailSplit.Core.Diagnosis.Checks;

/// <summary>
/// Tailscale has an interface on this host, since no rule can lead packets into it otherwise, and it is the tunnel of
/// each policy. A policy keeps the name of its tunnel; another interface may have that name now, and lead to the ISP.
/// </summary>
internal sealed class TunnelDeviceCheck : IHostCheck
{
    public string Name => "TunnelDevice";

    public IEnumerable<CheckResult> Run(Host host) =>
        host.Policies.Select(policy => Examine(policy.Policy, host)).Prepend(OfHost(host));

    private CheckResult OfHost(Host host) => host.Tunnel switch
    {
        { Status: { Tun: false } } => CheckResult.Fail(
            Name,
            "Tailscale runs in userspace-networking mode, without an interface, so no rule can lead packets into it. " +
                "The remedy changes its options and restarts it.",
            // Debian's, Ubuntu's and Fedora's unit read the daemon's options from there.
            "sed -i s/--tun=userspace-networking// /etc/default/tailscaled && systemctl restart tailscaled"),
        { Name: not null } => CheckResult.Pass(Name, $"The tunnel is {host.Tunnel.Name}."),
        // In a container with its own network, Tailscale's interface and rules are inside it.
        { Status: { IsRunning: true } } when !host.Policies.IsEmpty && !host.Routing.Interfaces.IsEmpty =>
            CheckResult.Fail(
                Name,
                "Tailscale runs, but no interface of this host is its tunnel, so no rule can lead packets into it. " +
                    "Run Tailscale on the host, or in a container on the host's network.",
                null),
        { Status: not null } => CheckResult.Pass(
            Name, $"Tailscale is {host.Tunnel.Status!.BackendState} and has no interface here."),
        _ => CheckResult.Skipped(Name, "Tailscale does not answer and has no interface here."),
    };

    private CheckResult Examine(Policy policy, Host host)
    {
        InterfaceName tunnel = policy.Tunnel;
        InterfaceName? found = host.Tunnel.Name;
        string? remedy = found is InterfaceName name ? PolicyCommand.Apply(policy with { Tunnel = name }) : null;
        if (TunnelDevice.WhyNot(tunnel, host.Routing.Interfaces, host.Routing.MainRoutes) is string reason)
            return CheckResult.Fail(
                Name, $"The policy uses '{tunnel}' as the tunnel, but it is not one: {reason}.", remedy, policy.Name);

        if (found is InterfaceName other && other != tunnel)
            return CheckResult.Warn(
                Name,
                $"The policy uses '{tunnel}' as the tunnel, but Tailscale's interface is '{other}'.",
                remedy,
                policy.Name);

        return host.Routing.Interfaces.Any(link => link.Name == tunnel.ToString())
            ? CheckResult.Pass(Name, $"'{tunnel}' is a TUN device and does not lead to the ISP.", policy.Name)
            : CheckResult.Skipped(Name, $"The interface '{tunnel}' does not exist now.", policy.Name);
    }
}
