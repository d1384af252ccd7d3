using TailSplit.Core.Hosts;
using TailSplit.Core.Iptables;
using TailSplit.Core.Model;

namespace TailSplit.Core.Diagnosis.Checks;

/// <summary>
/// Packets that leave by the uplink or the exit node have an address of the host. Docker's masquerade is missing with
/// <c>"iptables": false</c> and after a flush; then packets leave with a container's own address, and no reply comes.
/// </summary>
internal sealed class MasqueradeCheck : IHostCheck
{
    // RFC 4193. A global address needs no translation.
    private static readonly Cidr s_uniqueLocal = Cidr.Parse("fc00::/7");

    public string Name => "Masquerade";

    public IEnumerable<CheckResult> Run(Host host)
    {
        (OpenNetwork Network, OutwardPacket Packet)[] packets =
        [
            .. from network in OpenNetwork.On(host)
               from subnet in network.Subnets
               where subnet.Family == IpFamily.IPv4 || (network.Policy is not null && s_uniqueLocal.Contains(subnet))
               let packet = OutwardPacket.Of(host, network.Bridge, subnet, network.Policy is not null)
               where packet is not null
               select (network, packet),
        ];
        if (packets.Length == 0)
            return [CheckResult.Pass(Name, "No container needs the internet outside the tunnel.")];

        (OpenNetwork Network, OutwardPacket Packet)[] bare = [.. packets.Where(each => !each.Packet.IsTranslated)];
        string names = ListText.Of(bare.Select(each => each.Network.Name).Distinct());
        if (bare.Length == 0)
            return
            [
                CheckResult.Pass(
                    Name,
                    $"The packets of {ListText.Of(packets.Select(each => each.Network.Name).Distinct())} leave " +
                        "with an address of the host."),
            ];

        if (bare.All(each => each.Network.Engine == ContainerEngine.Podman) && !PodmanRules.AreShown(host))
            return
            [
                CheckResult.Skipped(
                    Name,
                    "No rules of Podman can be seen, neither in iptables nor in nftables: see 'nft list table " +
                        $"inet netavark' for {names}."),
            ];

        bool isDockersByNft = DockerRules.AreNftables(host)
            && bare.Any(each => each.Network.Engine == ContainerEngine.Docker);
        if (isDockersByNft && !host.Firewall.Native.Remarks.IsEmpty)
            return
            [
                CheckResult.Skipped(
                    Name, $"Docker uses its nftables backend, and {ListText.Of(host.Firewall.Native.Remarks)}."),
            ];

        if (bare.Any(each => each.Packet.IsUnsure))
            return
            [
                CheckResult.Skipped(
                    Name, $"The translation of {names} depends on rules that TailSplit can't evaluate."),
            ];

        if (host.Firewall.Backends.IptablesTrouble is { Kind: not FailureKind.NotInstalled } trouble)
            return [CheckResult.Skipped(Name, $"The translation of {names} can't be seen: {trouble.Message}")];

        string cause = $"No rule translates the packets of {names} on " +
            $"{ListText.Of(bare.Select(each => each.Packet.Device).Distinct())}: they leave with the container's own " +
            "address, and no reply comes";
        if (bare.All(each => each.Network.Engine == ContainerEngine.Podman))
            return
            [
                CheckResult.Fail(
                    Name,
                    $"{cause}. Podman writes the rule when a container starts; the remedy makes it write all of " +
                        "its rules again.",
                    PodmanRules.Reload),
            ];

        if (isDockersByNft)
            return
            [
                CheckResult.Fail(
                    Name,
                    $"{cause}. Docker's nftables tables do not have the rule; Docker writes them when it " +
                        $"starts. {DockerRules.Restarts}",
                    DockerRules.Restart),
            ];

        if (host.Firewall.Backends.IptablesTrouble is not null)
            return
            [
                CheckResult.Fail(Name, $"{cause}. iptables is not installed, so Docker does not write the rule.", null),
            ];

        return DockerRules.WereFlushed(host, bare.Select(each => each.Packet.Subnet.Family))
            ? [
                CheckResult.Fail(
                    Name,
                    $"{cause}. Docker's own chains are missing; Docker writes them when it starts. " +
                        $"{DockerRules.Restarts}",
                    DockerRules.Restart),
            ]
            : [CheckResult.Fail(
                Name,
                $"{cause}. {(DockerRules.AreOff(host) ? "Docker's configuration has \"iptables\": false. " : "")}The " +
                    "remedy adds the rule that Docker writes; it lasts until the host restarts.",
                string.Join("; ", bare.Select(each =>
                    IptablesCommands.Masquerade(
                        host.Firewall.Variant.Program(each.Packet.Subnet.Family),
                        each.Packet.Subnet,
                        each.Packet.Bridge)).Distinct()))];
    }
}
