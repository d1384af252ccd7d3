using TailSplit.Core.Hosts;
using TailSplit.Core.Iptables;
using TailSplit.Core.Model;

namespace TailSplit.Core.Diagnosis.Checks;

/// <summary>
/// The kernel forwards packets, and the firewall accepts those of containers. Docker's iptables backend sets the policy
/// of FORWARD to DROP and accepts the packets of its networks; after a flush, and after a change to its nftables
/// backend, the policy remains without the accepting rules (docs.docker.com/engine/network/firewall-nftables).
/// </summary>
internal sealed class ForwardingCheck : IHostCheck
{
    public string Name => "Forwarding";

    public IEnumerable<CheckResult> Run(Host host)
    {
        bool hasIPv6 = host.Policies.Any(policy => policy.Policy.Target.SubnetsOf(IpFamily.IPv6).Any());
        string[] remedies =
        [
            .. host.Kernel.Forwards == false ? (string[])["net.ipv4.ip_forward=1"] : [],
            .. host.Kernel.ForwardsIPv6 == false && hasIPv6 ? (string[])["net.ipv6.conf.all.forwarding=1"] : [],
        ];
        if (host.Kernel.Forwards is null)
            return [CheckResult.Skipped(Name, "The kernel settings can't be read.")];

        if (remedies.Length > 0)
            return
            [
                CheckResult.Fail(
                    Name,
                    "The kernel does not forward packets: containers reach only the host.",
                    $"sysctl -w {string.Join(' ', remedies)}"),
            ];

        OpenNetwork[] networks = [.. OpenNetwork.On(host)];
        (OpenNetwork Network, OutwardPacket Packet)[] blocked =
        [
            .. from network in networks
               from subnet in network.Subnets
               let packet = OutwardPacket.Of(host, network.Bridge, subnet, network.Policy is not null)
               // StatefulFiltering reports what Tailscale's own chain drops.
               where packet is { BlockedBy: not null, IsUnsure: false }
                   && !packet.BlockedBy.Contains(" -A ts-forward ", StringComparison.Ordinal)
               select (network, packet),
        ];
        return blocked.Length > 0 ? [Blocked(host, blocked)]
            : networks.Length == 0
                ? [
                    CheckResult.Pass(
                        Name, "The kernel forwards packets; no container needs the internet outside the tunnel."),
                ]
            : [
                CheckResult.Pass(
                    Name,
                    "The kernel forwards packets, and the firewall accepts those of " +
                        $"{ListText.Of(networks.Select(network => network.Name))}."),
            ];
    }

    private CheckResult Blocked(Host host, (OpenNetwork Network, OutwardPacket Packet)[] blocked)
    {
        string names = ListText.Of(blocked.Select(each => each.Network.Name).Distinct());
        string rules = ListText.Of(blocked.Select(each => each.Packet.BlockedBy!).Distinct());
        bool byPolicy = blocked.All(
            each => each.Packet.BlockedBy!.EndsWith(" -P FORWARD DROP", StringComparison.Ordinal));
        if (!byPolicy)
            return CheckResult.Fail(
                Name,
                $"The firewall drops the packets of {names} and the replies of its published ports: {rules}.",
                null);

        string cause = $"The policy of FORWARD is DROP, and no rule accepts the packets of {names}: it reaches " +
            "nothing, and its published ports do not reply";
        bool isPodmans = blocked.All(each => each.Network.Engine == ContainerEngine.Podman);
        return !isPodmans && DockerRules.WereFlushed(host, blocked.Select(each => each.Packet.Subnet.Family))
            ? CheckResult.Fail(
                Name,
                $"{cause}. Docker's own chains are missing; Docker writes them when it starts. {DockerRules.Restarts}",
                DockerRules.Restart)
            : CheckResult.Fail(
                Name,
                $"{cause}. The remedy adds the rules that {(isPodmans ? "Podman" : "Docker")} would write; they last " +
                    "until the host restarts.",
                string.Join("; ", blocked
                    .Select(each => (
                        Program: host.Firewall.Variant.Program(each.Packet.Subnet.Family), each.Packet.Bridge))
                    .Distinct()
                    .Select(each => IptablesCommands.Accept(each.Program, each.Bridge))));
    }
}
