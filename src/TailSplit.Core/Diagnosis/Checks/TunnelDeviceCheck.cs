using TailSplit.Core.Hosts;
using TailSplit.Core.Model;
using TailSplit.Core.Tailscale;

namespace TailSplit.Core.Diagnosis.Checks;

/// <summary>
/// A killswitch lets packets leave by the interface that was its tunnel when it was created. Another interface may have
/// that name now, and lead to the ISP.
/// </summary>
internal sealed class TunnelDeviceCheck : IHostCheck
{
    public string Name => "TunnelDevice";

    public IEnumerable<CheckResult> Run(Host host) => host.Policies.Select(policy => Examine(policy.Policy, host));

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
