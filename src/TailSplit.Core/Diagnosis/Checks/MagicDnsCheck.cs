using System.Net;
using TailSplit.Core.Compilation;
using TailSplit.Core.Hosts;
using TailSplit.Core.Kernel;
using TailSplit.Core.Model;

namespace TailSplit.Core.Diagnosis.Checks;

/// <summary>A policy's containers can reach MagicDNS: its address is in Tailscale's table.</summary>
internal sealed class MagicDnsCheck : IHostCheck
{
    private static readonly (IpFamily Family, IPAddress Address)[] s_servers =
        [(IpFamily.IPv4, IPAddress.Parse("100.100.100.100")), (IpFamily.IPv6, IPAddress.Parse("fd7a:115c:a1e0::53"))];

    public string Name => "MagicDns";

    public IEnumerable<CheckResult> Run(Host host) => host.Policies.Select(policy => Examine(policy, host));

    private CheckResult Examine(LivePolicy policy, Host host)
    {
        PolicyName name = policy.Policy.Name;
        if (host.Tunnel.Settings is { MagicDns: false })
            return CheckResult.Pass(Name, "MagicDNS is off.", name);

        if (host.Routing.TunnelRoutes.IsEmpty || host.Tunnel.Name is not InterfaceName tunnel)
            return CheckResult.Skipped(Name, "The tunnel is not up.", name);

        // The tunnel has the addresses of the families that it carries.
        (IpFamily Family, IPAddress Address)[] lost = [.. s_servers.Where(server =>
            host.Tunnel.Addresses.Any(
                address => IPAddress.Parse(address).AddressFamily == server.Address.AddressFamily)
            && policy.Policy.Target.SubnetsOf(server.Family).Any()
            && !host.Routing.TunnelRoutes.Any(route => Leads(route, server, policy.Policy)))];
        if (policy.Policy is KillswitchPolicy killswitch && Asked(killswitch, host) is CheckResult asked)
            return asked;

        return lost.Length == 0
            ? CheckResult.Pass(Name, "Queries to 100.100.100.100 go by the tunnel.", name)
            : CheckResult.Fail(
                Name,
                $"{ListText.Of(lost.Select(server => server.Address))} is not in Tailscale's table: DNS queries to " +
                    "it go elsewhere.",
                string.Join("; ", lost.Select(server =>
                    $"ip -{(int)server.Family} route add {server.Address} dev {tunnel} table " +
                        $"{host.Environment.Table}")), name);
    }

    // tailscaled asks the host's own name servers, from the host, where there is no exit node (tailscale net/dns).
    private CheckResult? Asked(KillswitchPolicy policy, Host host)
    {
        bool exitNode = host.Tunnel.ExitNodeIsActive;
        NameWays ways = new(policy, host.Environment.OnLink);
        if (!policy.DnsServer.IsEmpty)
            return CheckResult.Pass(Name, "Every DNS query goes to -DnsServer.", policy.Name);

        return ways.ByMagicDns(host.Containers.QuestionsOn(host.NetworkOf(policy)), exitNode) is not string open ? null
            : exitNode ? CheckResult.Warn(Name, open, ways.Command, policy.Name)
            : CheckResult.Fail(Name, open, ways.Command, policy.Name);
    }

    // A bypass leaves the default route of that table out; a killswitch does not.
    private static bool Leads(HostRoute route, (IpFamily Family, IPAddress Address) server, Policy policy) =>
        route.Family == server.Family && route.Type is null
        && (route.IsDefault ? policy is KillswitchPolicy : route.Prefix?.Contains(server.Address) == true);
}
