using System.Net.Sockets;

namespace TailSplit.Lab.Truth;

/// <summary>The same host with each engine and each rule store: what holds for one has to hold for all.</summary>
public sealed class EngineTests
{
    public static TheoryData<string, IptablesVariant> Hosts { get; } = new()
    {
        { nameof(Engine.Bookworm), IptablesVariant.Legacy },
        { nameof(Engine.Trixie), IptablesVariant.NfTables },
        { nameof(Engine.Sid), IptablesVariant.NfTables },
        { nameof(Engine.Sid), IptablesVariant.Legacy },
    };

    [Theory, MemberData(nameof(Hosts))]
    public async Task A_container_follows_the_exit_node(string engine, IptablesVariant variant)
    {
        await using Lab lab = await LabFixture.StartOrSkip(
            new() { Docker = new() { Engine = Engine.Named(engine), Iptables = variant } });
        DockerNetwork network = await lab.CreateNetwork(
            "n", new() { Subnet = "172.30.0.0/24", SubnetV6 = "fd00:d:30::/64" });
        Container box = await lab.RunContainer("box", new() { Networks = [network.Name], Publish = ["8080:80"] });
        foreach (AddressFamily family in (AddressFamily[])[AddressFamily.InterNetwork, AddressFamily.InterNetworkV6])
        {
            await lab.Tailscale.ExitNodeOn();
            Assert.Equal(Way.ExitNode, (await Lab.Ask(box, Place.Internet.At(family))).Way);
            Assert.Equal(Way.Tailnet, (await Lab.Ask(box, Place.SubnetRoute.At(family))).Way);
            Assert.Equal(Way.Lan, (await Lab.Ask(box, Place.Lan.At(family))).Way);
            Assert.Equal(Way.Lan, (await Lab.AskHttp(lab.Topology.Lan, Place.HostLan.At(family), 8080)).Way);
            await lab.Tailscale.ExitNodeOff();
            Assert.Equal(Way.Isp, (await Lab.Ask(box, Place.Internet.At(family))).Way);
        }

        string title = variant is IptablesVariant.Legacy ? "== iptables (legacy)" : "== iptables (nf_tables)";
        string store = (await lab.Snapshot()).Split(title)[1].Split("== ")[0];
        Assert.Contains("-j DOCKER-USER", store, StringComparison.Ordinal);
        Assert.Contains("-j ts-forward", store, StringComparison.Ordinal);
    }
}
