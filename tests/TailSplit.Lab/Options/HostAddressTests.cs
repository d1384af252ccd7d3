using System.Net;
using TailSplit.Lab.Attacks;

namespace TailSplit.Lab.Options;

/// <summary>A network that Docker gives an address of the host's own choosing (com.docker.network.host_ipv4).</summary>
[Collection(typeof(SharedOptionsLab))]
public sealed class HostAddressTests(OptionsLab split)
{
    private const string Seen = "seen";

    private Lab Lab => split.Lab;

    [Theory]
    [InlineData("New-TailSplitBypass", false)]
    [InlineData("New-TailSplitBypass -Mechanism Route", false)]
    [InlineData("New-TailSplitKillswitch", true)]
    public async Task It_leaves_the_tunnel_with_the_tunnels_address(string policy, bool closed)
    {
        await using RulesKeeper keeper = await RulesKeeper.Keep(split);
        await split.Remove();
        await Lab.Tailscale.Set(new());
        // IPv4 alone: Engine 20.10 writes the same address to ip6tables, and fails.
        DockerNetwork network = await Lab.CreateNetwork(
            "snat", new() { Subnet = "172.30.7.0/24", HostIpv4 = $"{Place.HostLan.V4}" });
        try
        {
            Container box = await Lab.RunIn(network, "snatted");
            string nat = (await Layers.Iptables(Lab, "iptables", "-t nat -S POSTROUTING")).Output;
            Assert.Contains($"SNAT --to-source {Place.HostLan.V4}", nat, StringComparison.Ordinal);

            // The control: without a policy it comes out of the tunnel with the LAN's address, and goes no further.
            Assert.NotEqual(0, await OutOfTheTunnelAs(Place.HostLan.V4));
            Assert.Equal(0, await OutOfTheTunnelAs(Place.HostTailnet.V4));

            await split.Run($"Get-DockerNetwork snat | {policy} | Out-Null");
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
