using TailSplit.Core.Model;
using TailSplit.Core.Tailscale;

namespace TailSplit.Core.Diagnosis.Checks;

/// <summary>
/// A killswitch lets packets out by the interface that was its tunnel when it was made. Interfaces change their names,
/// and one of that name may lead to the ISP now.
/// </summary>
internal sealed class TunnelDeviceCheck : IHostCheck
{
    public string Name => "TunnelDevice";

    public IEnumerable<CheckResult> Run(HostSnapshot host) => host.Policies.Select(policy => Examine(policy.Policy, host));

    private CheckResult Examine(Policy policy, HostSnapshot host)
    {
        InterfaceName tunnel = policy.Tunnel;
        InterfaceName? found = host.Environment.Tunnel;
        string? remedy = found is InterfaceName name ? PolicyCommand.Apply(policy with { Tunnel = name }) : null;
        if (TunnelDevice.WhyNot(tunnel, host.Interfaces, host.MainRoutes) is string reason)
            return CheckResult.Fail(Name, $"The policy takes '{tunnel}' for the tunnel, and it is none: {reason}.", remedy, policy.Name);

        if (found is InterfaceName other && other != tunnel)
            return CheckResult.Warn(Name, $"The policy takes '{tunnel}' for the tunnel, and Tailscale's interface is '{other}'.", remedy, policy.Name);

        return host.Interfaces.Any(link => link.Name == tunnel.ToString())
            ? CheckResult.Pass(Name, $"'{tunnel}' is a TUN device, and no way to the ISP.", policy.Name)
            : CheckResult.Skipped(Name, $"There is no interface '{tunnel}' now.", policy.Name);
    }
}
