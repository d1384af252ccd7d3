using System.Net.Sockets;

namespace TailSplit.Lab.Truth;

/// <summary>Ways for a tunnel to end: without a killswitch each of them opens the way in clear.</summary>
[Collection(typeof(SharedTruthLab))]
public sealed class OutageTests(TruthLab truth)
{
    [Theory, ClassData(typeof(Families))]
    public async Task After_a_crash_a_container_leaves_by_the_isp(AddressFamily family)
    {
        await truth.Lab.Tailscale.Set(new());
        await truth.Lab.Tailscale.Crash();
        try
        {
            Assert.Equal(Way.Isp, (await Lab.Ask(truth.Box, Place.Internet.At(family))).Way);
        }
        finally
        {
            await truth.Lab.Tailscale.Recover();
        }

        Assert.Equal(Way.ExitNode, (await Lab.Ask(truth.Box, Place.Internet.At(family))).Way);
    }

    [Theory, ClassData(typeof(Families))]
    public async Task After_tailscale_down_a_container_leaves_by_the_isp(AddressFamily family)
    {
        await truth.Lab.Tailscale.Set(new());
        await truth.Lab.Tailscale.Down();
        try
        {
            Assert.Equal(Way.Isp, (await Lab.Ask(truth.Box, Place.Internet.At(family))).Way);
        }
        finally
        {
            await truth.Lab.Tailscale.Up();
        }
    }

    [Theory, ClassData(typeof(Families))]
    public async Task With_the_interface_down_a_container_leaves_by_the_isp(AddressFamily family)
    {
        await truth.Lab.Tailscale.Set(new());
        await truth.Lab.Tunnel.InterfaceDown();
        try
        {
            Assert.Equal(Way.Isp, (await Lab.Ask(truth.Box, Place.Internet.At(family))).Way);
        }
        finally
        {
            await truth.Lab.Tailscale.RestartDaemon();
        }

        Assert.Equal(Way.ExitNode, (await Lab.Ask(truth.Box, Place.Internet.At(family))).Way);
    }
}
