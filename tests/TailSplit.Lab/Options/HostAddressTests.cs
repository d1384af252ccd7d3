using System.Net;
using TailSplit.Lab.Attacks;
using TailSplit.Lab.Backends;

namespace TailSplit.Lab.Options;

/// <summary>A network that Docker gives an address of the host's own choosing (com.docker.network.host_ipv4).</summary>
[Collection(typeof(SharedOptionsLab))]
public sealed class HostAddressTests(OptionsLab split)
{
    // IPv4 alone: Engine 20.10 writes the same address to ip6tables, and fails.
    private const string Subnet = "172.30.7.0/24";
    private const string Seen = "seen";

    private Lab Lab => split.Lab;

    [Theory]
    [InlineData("New-TailSplitBypass", false)]
    [InlineData("New-TailSplitBypass -Mechanism Route", false)]
    [InlineData("New-TailSplitKillswitch", true)]
    [InlineData("New-TailSplitBypass -FirewallBackend Nftables", false)]
    [InlineData("New-TailSplitKillswitch -FirewallBackend Nftables", true)]
    public async Task It_leaves_the_tunnel_with_the_tunnels_address(string policy, bool closed) => await Check(
        policy, closed,
        new() { Subnet = Subnet, HostIpv4 = $"{Place.HostLan.V4}" },
        async _ => Assert.Contains(
            $"SNAT --to-source {Place.HostLan.V4}", (await Layers.Iptables(Lab, "iptables", "-t nat -S POSTROUTING")).Output,
            StringComparison.Ordinal));

    /// <summary>Docker's chain has the standard priority, and is registered after TailSplit's.</summary>
    [Theory]
    [InlineData("New-TailSplitBypass -FirewallBackend Nftables", false)]
    [InlineData("New-TailSplitKillswitch -FirewallBackend Nftables", true)]
    public async Task It_leaves_the_tunnel_with_the_tunnels_address_where_docker_writes_nftables(string policy, bool closed)
    {
        try
        {
            await Check(
                policy, closed,
                new() { Subnet = Subnet, Masquerade = false },
                network => DockerBridges.Write(Lab.Host, [new(network.Bridge, Subnet, Place.HostLan.V4)], []));
        }
        finally
        {
            await DockerBridges.Delete(Lab.Host);
        }
    }

    private async Task Check(string policy, bool closed, NetworkOptions options, Func<DockerNetwork, Task> haveDockersRules)
    {
        await using RulesKeeper keeper = await RulesKeeper.Keep(split);
        await split.Remove();
        await Lab.Tailscale.Set(new());
        DockerNetwork network = await Lab.CreateNetwork("snat", options);
        try
        {
            Container box = await Lab.RunIn(network, "snatted");
            await haveDockersRules(network);

            // The control: without a policy it comes out of the tunnel with the LAN's address, and goes no further.
            Assert.NotEqual(0, await OutOfTheTunnelAs(Place.HostLan.V4));
            Assert.Equal(0, await OutOfTheTunnelAs(Place.HostTailnet.V4));

            await split.Run($"Get-DockerNetwork snat | {policy} | Out-Null");
            await haveDockersRules(network);
            Assert.Equal(0, await OutOfTheTunnelAs(Place.HostLan.V4));
            Assert.NotEqual(0, await OutOfTheTunnelAs(Place.HostTailnet.V4));
            await Expect.Goes(box, [Place.Tailnet.V4], Way.Tailnet);
            await Expect.Goes(box, [Place.SubnetRoute.V4], Way.Tailnet);
            if (closed)
            {
                await Expect.Goes(box, [Place.Internet.V4], Way.ExitNode);
            }

            async Task<long> OutOfTheTunnelAs(IPAddress source)
            {
                await Lab.Topology.Exit.Run("nft", ["-f", "-"], Rules(source));
                try
                {
                    await Probe.Ask(box, Place.Tailnet.V4, Protocol.Udp, patience: TimeSpan.FromMilliseconds(300));
                    string counted = (await Lab.Topology.Exit.Run("nft", ["list", "table", "inet", Seen])).Output;
                    return long.Parse(
                        counted.Split("packets ")[1].Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);
                }
                finally
                {
                    await Lab.Topology.Exit.Run("nft", ["delete", "table", "inet", Seen]);
                }
            }
        }
        finally
        {
            await Lab.Docker.Docker("rm", "--force", "snatted");
            await Lab.RemoveNetwork("snat");
        }
    }

    private static string Rules(IPAddress source) =>
        $$"""
        table inet {{Seen}} {
            chain arriving {
                type filter hook prerouting priority -320
                iifname "{{Tunnel.Interface}}" ip saddr {{source}} udp dport {{Ports.Http}} counter
            }
        }
        """;
}
