
namespace TailSplit.Lab.Identity;

/// <summary>
/// Behind PPPoE with CGNAT the uplink has a single address of 100.64.0.0/10, as Tailscale's interface has. It is not
/// taken for the tunnel: a killswitch would let everything out by it.
/// </summary>
public sealed class TunnelIdentityTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_uplink_with_an_address_of_the_tailnets_range_is_not_the_tunnel(bool isUp)
    {
        await using Lab lab = await LabFixture.StartOrSkip(new());
        DockerNetwork network = await lab.CreateNetwork("shut", new() { Subnet = "172.30.8.0/24" });
        Container box = await lab.RunIn(network, "box");
        await lab.Host.Ip("addr add 100.70.9.9/32 dev eth0");
        await lab.Tailscale.ExitNodeOff();
        if (!isUp)
            await lab.Tailscale.Crash();

        await lab.Leaks.Control(() => Lab.Ask(box, Place.Internet.V4));
        (await lab.Shell.Run("New-TailSplitKillswitch shut | Out-Null")).OrThrow();

        Assert.Equal("tailscale0", (await lab.Shell.Run("(Get-TailSplitPolicy shut).TunnelInterface")).OrThrow().Output.Trim());
        Assert.Equal(LeakCount.None, await lab.Leaks.During(() => Lab.Ask(box, Place.Internet.V4)));
        Assert.Equal(
            isUp ? "Pass" : "Skipped",
            (await lab.Shell.Run("(Test-TailSplitPolicy shut | Where-Object { $_.Policy -and $_.Check -eq 'TunnelDevice' }).Status")).OrThrow().Output.Trim());
    }

    [Fact]
    public async Task Another_interface_is_refused_by_name_and_the_real_tun_device_is_taken()
    {
        await using Lab lab = await LabFixture.StartOrSkip(new());
        await lab.CreateNetwork("shut", new() { Subnet = "172.30.8.0/24" });
        foreach (string name in (string[])["eth0", "lan0", "docker0"])
        {
            string error = (await lab.Shell.Run(
                $"try {{ New-TailSplitKillswitch shut -TunnelInterface {name} -ErrorAction Stop }} catch {{ $_.FullyQualifiedErrorId }}"))
                .OrThrow().Output;
            Assert.StartsWith("NotATunnel", error, StringComparison.Ordinal);
        }

        (await lab.Shell.Run("New-TailSplitKillswitch shut -TunnelInterface tailscale0 | Out-Null")).OrThrow();
        Assert.Equal("Active", (await lab.Shell.Run("(Get-TailSplitPolicy shut).State")).OrThrow().Output.Trim());
    }
}
