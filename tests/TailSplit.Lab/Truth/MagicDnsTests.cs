using System.Net;
using System.Net.Sockets;

namespace TailSplit.Lab.Truth;

/// <summary>Who asks for a name that a container hands to 100.100.100.100.</summary>
[Collection(typeof(SharedTruthLab))]
public sealed class MagicDnsTests(TruthLab truth)
{
    [Theory, ClassData(typeof(Families))]
    public async Task The_exit_node_asks_while_there_is_one(AddressFamily family)
    {
        await truth.Lab.Tailscale.Set(new());
        LeakCount leaks = await truth.Lab.Leaks.During(() => Ask(Place.MagicDns.At(family), $"on-{family}.test"));
        Assert.Equal([Way.ExitNode], truth.Lab.Resolver.WaysOf($"on-{family}.test"));
        Assert.Equal(LeakCount.None, leaks);
    }

    /// <summary>Measured with tailscaled 1.102.3: the system's resolver, from the host, in clear.</summary>
    [Theory, ClassData(typeof(Families))]
    public async Task The_host_asks_in_clear_while_there_is_no_exit_node(AddressFamily family)
    {
        await truth.Lab.Tailscale.Set(new(ExitNode: false));
        LeakCount leaks = await truth.Lab.Leaks.During(() => Ask(Place.MagicDns.At(family), $"off-{family}.test"));
        Assert.Equal([Way.Isp], truth.Lab.Resolver.WaysOf($"off-{family}.test"));
        Assert.True(leaks.Udp > 0, $"{leaks}");
    }

    [Fact]
    public async Task A_name_of_the_tailnet_is_not_forwarded()
    {
        await truth.Lab.Tailscale.Set(new(ExitNode: false));
        string answer = await Ask(Place.MagicDns.V4, "exit.lab.ts.net");
        Assert.Contains($"{Place.Tailnet.V4}", answer, StringComparison.Ordinal);
        Assert.Empty(truth.Lab.Resolver.WaysOf("exit.lab.ts.net"));
    }

    [Theory, ClassData(typeof(Families))]
    public async Task A_resolver_in_the_internet_sees_how_a_container_queries_it(AddressFamily family)
    {
        await truth.Lab.Tailscale.Set(new());
        string answer = await Ask(Place.Resolver.At(family), $"direct-{family}.test");
        Assert.Contains($"{Place.Internet.V4}", answer, StringComparison.Ordinal);
        await truth.Lab.Tailscale.Set(new(ExitNode: false));
        await Ask(Place.Resolver.At(family), $"direct-{family}.test");
        Assert.Equal([Way.ExitNode, Way.Isp], truth.Lab.Resolver.WaysOf($"direct-{family}.test"));
    }

    // busybox: nslookup NAME SERVER
    private async Task<string> Ask(IPAddress server, string name) => (await truth.Lab.Docker.TryDocker(
        "exec", "box", "timeout", "3", "nslookup", "-type=a", name, $"{server}")).Output;
}
