using System.Net;

namespace TailSplit.Lab.Identity;

/// <summary>
/// A bridge that leads elsewhere than to the host: frames leave by another port of it, past every rule. No policy is
/// made there, and one that was made before says that it does not hold.
/// </summary>
public sealed class BridgePortTests
{
    private static readonly IPAddress s_internet = Place.Internet.V4;

    [Fact]
    public async Task A_network_whose_gateway_is_a_router_on_the_lan_is_refused()
    {
        await using Lab lab = await LabFixture.StartOrSkip(new());
        await Count(lab);
        await lab.Host.Ip(
            """
            link add br0 type bridge
            link set lan0 master br0
            addr del 10.0.0.5/24 dev lan0
            addr add 10.0.0.5/24 dev br0
            link set br0 up
            """);
        DockerNetwork network = await lab.CreateNetwork("lan", new()
        {
            Subnet = "10.0.0.0/24",
            Bridge = "br0",
            DriverOptions = new Dictionary<string, string> { ["com.docker.network.bridge.inhibit_ipv4"] = "true" },
            More = ["--ip-range=10.0.0.192/26", "--gateway=10.0.0.20"],
        });
        Container box = await lab.RunIn(network, "box");

        // The control: what it asks the internet arrives at the router, though a killswitch would have to stop it.
        await Lab.Ask(box, s_internet, Protocol.Udp);
        Assert.True(await Counted(lab) > 0);

        Assert.StartsWith("NetworkCannotHavePolicy", await ErrorOf(lab, "New-TailSplitKillswitch lan"), StringComparison.Ordinal);
        Assert.StartsWith(
            "NetworkCannotHavePolicy",
            await ErrorOf(lab, "Get-DockerNetwork lan | New-TailSplitBypass"), StringComparison.Ordinal);
        Assert.StartsWith(
            "BridgeCannotHavePolicy",
            await ErrorOf(lab, "New-TailSplitKillswitch -Bridge br0 -Subnet 10.0.0.0/24"), StringComparison.Ordinal);
        Assert.Contains(
            "inhibit_ipv4", (await lab.Shell.Run("(Get-DockerNetwork lan).Reason")).OrThrow().Output, StringComparison.Ordinal);
        Assert.Equal("0", (await lab.Shell.Run("@(Get-TailSplitPolicy).Count")).OrThrow().Output.Trim());
    }

    [Fact]
    public async Task A_bridge_that_gets_the_lan_port_later_fails_the_check_until_it_is_gone()
    {
        await using Lab lab = await LabFixture.StartOrSkip(new());
        await Count(lab);
        DockerNetwork network = await lab.CreateNetwork("late", new() { Subnet = "172.30.9.0/24", Bridge = "br-late" });
        Container box = await lab.RunIn(network, "box");
        await lab.Topology.Lan.Ip("addr add 172.30.9.77/24 dev eth0");
        await lab.Shell.Run("New-TailSplitKillswitch late | Out-Null");
        Assert.Equal("Pass", await Status(lab));
        await Lab.Ask(box, IPAddress.Parse("172.30.9.77"), Protocol.Udp);
        Assert.Equal(0, await Counted(lab));

        await lab.Host.Ip("link set lan0 master br-late");
        // The control: frames now leave by the port, past the killswitch.
        await Lab.Ask(box, IPAddress.Parse("172.30.9.77"), Protocol.Udp);
        Assert.True(await Counted(lab) > 0);
        Assert.Equal("Fail", await Status(lab));
        Assert.Equal("False", (await lab.Shell.Run("Test-TailSplitPolicy late -Quiet")).OrThrow().Output.Trim());
        Assert.Contains(
            "lan0",
            (await lab.Shell.Run("(Test-TailSplitPolicy late | Where-Object Check -EQ Bridge).Detail")).OrThrow().Output,
            StringComparison.Ordinal);

        await lab.Host.Ip("link set lan0 nomaster");
        Assert.Equal("Pass", await Status(lab));
    }

    private static async Task<string> Status(Lab lab) =>
        (await lab.Shell.Run("(Test-TailSplitPolicy late | Where-Object Check -EQ Bridge).Status")).OrThrow().Output.Trim();

    private static async Task<string> ErrorOf(Lab lab, string script) => (await lab.Shell.Run(
        $"$Error.Clear(); try {{ {script} -ErrorAction Stop }} catch {{ $_.FullyQualifiedErrorId }}")).OrThrow().Output.Trim();

    // What arrives at the LAN's machine by layer 2, whatever its address of layer 3.
    private static Task<ProgramOutput> Count(Lab lab) => lab.Topology.Lan.Run("nft", ["-f", "-"],
        """
        table inet seen {
            counter past { }
            chain arriving {
                type filter hook prerouting priority -300
                ip daddr { 198.51.100.10, 172.30.9.77 } counter name past
            }
        }
        """);

    private static async Task<long> Counted(Lab lab)
    {
        string text = (await lab.Topology.Lan.Run("nft", ["list", "counter", "inet", "seen", "past"])).Output;
        return long.Parse(text.Split("packets ")[1].Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);
    }
}
