using System.Net;

namespace TailSplit.Lab.Truth;

/// <summary>What dockerd does by itself.</summary>
public sealed class DockerTests(TruthLab truth) : IClassFixture<TruthLab>
{
    [Fact]
    public async Task Rules_in_docker_user_outlive_a_restart()
    {
        await truth.Lab.Host.RunLines("iptables -w -I DOCKER-USER -s 198.18.0.1 -j DROP");
        try
        {
            await truth.Lab.Docker.Restart();
            string rules = await truth.Lab.Snapshot();
            Assert.Contains("-A DOCKER-USER -s 198.18.0.1/32 -j DROP", rules, StringComparison.Ordinal);
        }
        finally
        {
            await truth.Lab.Host.RunLines("iptables -w -D DOCKER-USER -s 198.18.0.1 -j DROP");
        }
    }

    [Fact]
    public async Task A_container_that_is_to_restart_comes_back_with_another_pid()
    {
        Container before = await truth.Lab.RunContainer(
            "lasting", new() { Networks = ["ordinary"], RestartPolicy = "always" });
        await truth.Lab.Docker.Restart();
        Container after = await truth.Lab.Docker.Inspect("lasting");
        Assert.NotEqual(before.ProcessId, after.ProcessId);
        Assert.True((await Lab.Ask(after, Place.Internet.V4)).IsAnswered);
        await truth.Lab.Docker.RemoveContainer("lasting");
    }

    [Fact]
    public async Task A_recreated_network_has_another_bridge()
    {
        DockerNetwork first = await truth.Lab.CreateNetwork("fleeting");
        await truth.Lab.RemoveNetwork("fleeting");
        DockerNetwork second = await truth.Lab.CreateNetwork("fleeting");
        Assert.NotEqual(first.Bridge, second.Bridge);
        Assert.True(truth.Lab.Host.HasInterface(second.Bridge));
        await truth.Lab.RemoveNetwork("fleeting");
    }

    [Fact]
    public async Task A_bridge_may_have_a_name_of_its_own()
    {
        DockerNetwork network = await truth.Lab.CreateNetwork("named", new() { Bridge = "br-named" });
        Assert.Equal("br-named", network.Bridge);
        Assert.True(truth.Lab.Host.HasInterface("br-named"));
        await truth.Lab.RemoveNetwork("named");
    }

    /// <summary>Its frames leave by the parent, past every rule and route of the host.</summary>
    [Fact]
    public async Task A_macvlan_container_is_on_the_lan_itself()
    {
        await truth.Lab.CreateNetwork(
            "flat",
            new()
            {
                Driver = "macvlan",
                Subnet = "10.0.0.0/24",
                DriverOptions = new Dictionary<string, string> { ["parent"] = "lan0" },
                More = ["--ip-range=10.0.0.128/28"],
            });
        Container box = await truth.Lab.RunContainer("flat", new() { Networks = ["flat"] });
        Answer answer = await Lab.Ask(box, Place.Lan.V4);
        Assert.Equal(box.Addresses[0], answer.Seen);
        await truth.Lab.Docker.RemoveContainer("flat");
        await truth.Lab.RemoveNetwork("flat");
    }

    [Fact]
    public async Task A_container_on_the_hosts_network_is_the_host()
    {
        await truth.Lab.Tailscale.ExitNodeOn();
        Container box = await truth.Lab.RunContainer("hosted", new() { Networks = ["host"] });
        Assert.Equal(Way.ExitNode, (await Lab.Ask(box, Place.Internet.V4)).Way);
        Assert.True(box.Namespace.HasAddress(Place.HostLan.V4));
        await truth.Lab.Docker.RemoveContainer("hosted");
    }

    /// <summary>Docker's SNAT to that address comes first: the tunnel gets a source that no peer lets in.</summary>
    [Fact]
    public async Task A_network_with_a_source_address_of_its_own_is_lost_in_the_tunnel()
    {
        DockerNetwork network = await truth.Lab.CreateNetwork("sourced", new() { HostIpv4 = $"{Place.HostLan.V4}" });
        Container box = await truth.Lab.RunIn(network, "sourced");
        await truth.Lab.Tailscale.ExitNodeOn();
        Assert.Equal(Way.Lan, (await Lab.Ask(box, Place.Lan.V4)).Way);
        Assert.Equal(Way.Nowhere, (await Lab.Ask(box, Place.Internet.V4)).Way);
        await truth.Lab.Docker.RemoveContainer("sourced");
        await truth.Lab.RemoveNetwork("sourced");
    }

    [Fact]
    public async Task A_container_in_two_networks_has_an_address_in_each()
    {
        await truth.Lab.CreateNetwork("second", new() { Subnet = "172.31.0.0/24" });
        Container box = await truth.Lab.RunContainer("both", new() { Networks = ["ordinary", "second"] });
        Assert.Equal(["ordinary", "second"], box.AddressesByNetwork.Keys.Order());
        IPAddress address = Assert.Single(box.AddressesByNetwork["second"]);
        Assert.True(IPNetwork.Parse("172.31.0.0/24").Contains(address));
        await truth.Lab.Docker.RemoveContainer("both");
        await truth.Lab.RemoveNetwork("second");
    }
}
