namespace TailSplit.Core.Diagnosis.Checks;

/// <summary>
/// Tailscale has an interface: in userspace-networking mode there is nothing that a rule could lead into.
/// </summary>
internal sealed class TunnelModeCheck : IHostCheck
{
    public string Name => "TunnelMode";

    public IEnumerable<CheckResult> Run(HostSnapshot host)
    {
        yield return host.Environment switch
        {
            { Tailscale: { Tun: false } } => CheckResult.Fail(
                Name, "Tailscale runs in userspace-networking mode, without an interface: policies can't lead anything into it.",
                // Debian's, Ubuntu's and Fedora's unit read the daemon's options from there.
                "sed -i s/--tun=userspace-networking// /etc/default/tailscaled && systemctl restart tailscaled"),
            { Tunnel: not null } => CheckResult.Pass(Name, $"The tunnel is {host.Environment.Tunnel}."),
            { Tailscale: not null } => CheckResult.Pass(Name, "Tailscale makes an interface once it runs."),
            _ => CheckResult.Skipped(Name, "Tailscale can't be asked, and no interface of it is there."),
        };
    }
}
