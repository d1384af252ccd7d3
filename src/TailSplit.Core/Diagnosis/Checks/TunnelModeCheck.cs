using TailSplit.Core.Hosts;

namespace TailSplit.Core.Diagnosis.Checks;

/// <summary>
/// Tailscale has an interface: in userspace-networking mode no rule can lead packets into Tailscale.
/// </summary>
internal sealed class TunnelModeCheck : IHostCheck
{
    public string Name => "TunnelMode";

    public IEnumerable<CheckResult> Run(Host host)
    {
        yield return host.Tunnel switch
        {
            { Status: { Tun: false } } => CheckResult.Fail(
                Name,
                "Tailscale runs in userspace-networking mode, without an interface, so no rule can lead packets " +
                    "into it. The remedy changes its options and restarts it.",
                // Debian's, Ubuntu's and Fedora's unit read the daemon's options from there.
                "sed -i s/--tun=userspace-networking// /etc/default/tailscaled && systemctl restart tailscaled"),
            { Name: not null } => CheckResult.Pass(Name, $"The tunnel is {host.Tunnel.Name}."),
            // In a container with its own network, Tailscale's interface and rules are inside it.
            { Status: { IsRunning: true } } when !host.Policies.IsEmpty
                && !host.Routing.Interfaces.IsEmpty => CheckResult.Fail(
                Name,
                "Tailscale runs, but no interface of this host is its tunnel, so no rule can lead packets into it. " +
                    "Run Tailscale on the host, or in a container on the host's network.",
                null),
            { Status: not null } => CheckResult.Pass(
                Name, $"Tailscale is {host.Tunnel.Status!.BackendState} and has no interface here."),
            _ => CheckResult.Skipped(Name, "Tailscale does not answer and has no interface here."),
        };
    }
}
