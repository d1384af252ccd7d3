
namespace TailSplit.Lab.Truth;

/// <summary>Engine 20.10 by itself: Docker has networks with IPv6, and no rule for them.</summary>
public sealed class WithoutIp6TablesTests(WithoutIp6TablesTests.WithoutIp6Tables truth)
    : IClassFixture<WithoutIp6TablesTests.WithoutIp6Tables>
{
    [Fact]
    public async Task A_container_leaves_by_the_isp_with_its_own_address()
    {
        await truth.Lab.Tailscale.ExitNodeOff();
        Assert.Equal(truth.Box.Addresses[1], (await Lab.Ask(truth.Box, Place.Internet.V6)).Seen);
    }

    [Fact]
    public async Task The_exit_node_lets_no_such_address_in()
    {
        await truth.Lab.Tailscale.ExitNodeOn();
        Assert.Equal(Way.Nowhere, (await Lab.Ask(truth.Box, Place.Internet.V6)).Way);
        Assert.Equal(Way.ExitNode, (await Lab.Ask(truth.Box, Place.Internet.V4)).Way);
    }

    [Fact]
    public async Task Docker_has_no_chain_for_ipv6()
    {
        string v6 = (await truth.Lab.Snapshot()).Split("== ip6tables (nf_tables)")[1].Split("== ")[0];
        Assert.DoesNotContain("DOCKER", v6, StringComparison.Ordinal);
    }

    public sealed class WithoutIp6Tables() : LabFixture(new() { Docker = new() { Ip6Tables = false } })
    {
        public Container Box { get; private set; } = null!;

        protected override async Task Prepare(Lab lab)
        {
            DockerNetwork network = await lab.CreateNetwork(
                "global", new() { Subnet = "172.30.0.0/24", SubnetV6 = "2001:db8:d:30::/64" });
            Box = await lab.RunIn(network, "box");
        }
    }
}
