using TailSplit.Core.Hosts;
using TailSplit.Core.Iptables;
using TailSplit.Core.Model;

namespace TailSplit.Core.Diagnosis.Checks;

/// <summary>
/// What leaves by the uplink, or by the exit node, carries an address of the host. Docker's masquerade is missing with
/// <c>"iptables": false</c> and after a flush; then packets leave with a container's own address, and no answer comes.
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
            return [CheckResult.Pass(Name, "No container is to reach the internet past the tunnel.")];

        (OpenNetwork Network, OutwardPacket Packet)[] bare = [.. packets.Where(each => !each.Packet.IsTranslated)];
        string names = ListText.Of(bare.Select(each => each.Network.Name).Distinct());
        if (bare.Length == 0)
            return [CheckResult.Pass(Name, $"What {ListText.Of(packets.Select(each => each.Network.Name).Distinct())} sends leaves with an address of the host.")];

        if (bare.All(each => each.Network.Engine == ContainerEngine.Podman) && !PodmanRules.AreShown(host))
            return [CheckResult.Skipped(Name, $"Podman has no chain in iptables, and no table in nftables that can be seen: see 'nft list table inet netavark' for {names}.")];

        bool isDockersByNft = DockerRules.AreNftables(host) && bare.Any(each => each.Network.Engine == ContainerEngine.Docker);
        if (isDockersByNft && !host.Firewall.Native.Remarks.IsEmpty)
            return [CheckResult.Skipped(Name, $"Docker translates by its nftables backend, and {ListText.Of(host.Firewall.Native.Remarks)}.")];

        if (bare.Any(each => each.Packet.IsUnsure))
            return [CheckResult.Skipped(Name, $"Whether {names} is translated depends on rules that can't be evaluated.")];

        if (host.Firewall.Backends.IptablesTrouble is { Kind: not FailureKind.NotInstalled } trouble)
            return [CheckResult.Skipped(Name, $"Whether {names} is translated can't be seen: {trouble.Message}")];

        string cause = $"No rule translates what {names} sends by {ListText.Of(bare.Select(each => each.Packet.Device).Distinct())}: it leaves with the container's own address, and no answer comes";
        if (bare.All(each => each.Network.Engine == ContainerEngine.Podman))
            return [CheckResult.Fail(Name, $"{cause}. Podman writes the rule when a container starts; the remedy has it write all of its rules again.", PodmanRules.Reload)];

        if (isDockersByNft)
            return [CheckResult.Fail(Name, $"{cause}. Docker's nftables tables do not have the rule; it writes them when it starts. {DockerRules.Restarts}", DockerRules.Restart)];

        if (host.Firewall.Backends.IptablesTrouble is not null)
            return [CheckResult.Fail(Name, $"{cause}. iptables is not installed, so that Docker does not write the rule.", null)];

        return DockerRules.WereFlushed(host, bare.Select(each => each.Packet.Subnet.Family))
            ? [CheckResult.Fail(Name, $"{cause}. Docker's own chains are missing; it writes them when it starts. {DockerRules.Restarts}", DockerRules.Restart)]
            : [CheckResult.Fail(
                Name, $"{cause}. {(DockerRules.AreOff(host) ? "Docker's configuration has \"iptables\": false. " : "")}The rule is the one that Docker writes; it lasts until the host restarts.",
                string.Join("; ", bare.Select(each =>
                    IptablesCommands.Masquerade(host.Firewall.Variant.Program(each.Packet.Subnet.Family), each.Packet.Subnet, each.Packet.Bridge)).Distinct()))];
    }
}
