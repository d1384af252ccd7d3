using System.Net;
using TailSplit.Core.Compilation;
using TailSplit.Core.Model;
using TailSplit.Core.Text;

namespace TailSplit.Core.Diagnosis.Checks;

/// <summary>A policy's containers can reach MagicDNS: its address is in Tailscale's table.</summary>
internal sealed class MagicDnsCheck : IHostCheck
{
    private static readonly (IpFamily Family, IPAddress Address)[] s_servers =
        [(IpFamily.IPv4, IPAddress.Parse("100.100.100.100")), (IpFamily.IPv6, IPAddress.Parse("fd7a:115c:a1e0::53"))];

    public string Name => "MagicDns";

    public IEnumerable<CheckResult> Run(HostSnapshot host) => host.Policies.Select(policy => Look(policy, host));

    private CheckResult Look(LivePolicy policy, HostSnapshot host)
    {
        PolicyName name = policy.Policy.Name;
        if (host.Environment.Preferences is { MagicDns: false })
            return CheckResult.Pass(Name, "MagicDNS is off.", name);

        if (host.TunnelRoutes.IsEmpty || host.Environment.Tunnel is not InterfaceName tunnel)
            return CheckResult.Skipped(Name, "The tunnel is not up.", name);

        // The tunnel has the addresses of the families that it carries.
        (IpFamily Family, IPAddress Address)[] lost = [.. s_servers.Where(server =>
            host.Environment.TunnelAddresses.Any(
                address => IPAddress.Parse(address).AddressFamily == server.Address.AddressFamily)
            && policy.Policy.Target.SubnetsOf(server.Family).Any()
            && !host.TunnelRoutes.Any(route => Leads(route, server, policy.Policy)))];
        return lost.Length == 0
            ? CheckResult.Pass(Name, "100.100.100.100 is reached by the tunnel.", name)
            : CheckResult.Fail(
                Name, $"{Sentence.List(lost.Select(server => server.Address))} is not in Tailscale's table: questions for names go elsewhere.",
                string.Join("; ", lost.Select(server =>
                    $"ip -{(int)server.Family} route add {server.Address} dev {tunnel} table {host.Environment.Rules.Table}")), name);
    }

    // A bypass leaves the default route of that table out; a killswitch does not.
    private static bool Leads(HostRoute route, (IpFamily Family, IPAddress Address) server, Policy policy) =>
        route.Family == server.Family && route.Type is null
        && (route.IsDefault ? policy is KillswitchPolicy : route.Prefix?.Contains(server.Address) == true);
}
