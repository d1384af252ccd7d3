using TailSplit.Core.Containers;
using TailSplit.Core.Model;
using TailSplit.Execution.Containers;
using TailSplit.Tests.Fakes;
using TailSplit.Tests.Fakes.Docker;
using TailSplit.Tests.Fakes.Podman;
using Xunit;

namespace TailSplit.Tests.Engine;

/// <summary>Completion asks Docker only for networks that it does not know yet.</summary>
public sealed class KnownNetworkTests
{
    private readonly FakeHost _host = UsualHost.Create();

    [Fact]
    public async Task Without_a_change_docker_only_lists_the_ids()
    {
        HostNetworks first = await ReadAsync([]);
        _host.Forget();

        HostNetworks second = await ReadAsync(first.Networks);

        Assert.Equal(first.Networks.Select(Text), second.Networks.Select(Text));
        Assert.Equal("docker network ls --quiet --no-trunc", Assert.Single(_host.Calls).ToString());
    }

    [Fact]
    public async Task Only_a_new_network_is_inspected_and_a_removed_one_is_gone()
    {
        HostNetworks first = await ReadAsync([]);
        _host.Remove(UsualHost.Games);
        FakeNetwork shop = new("shop") { Subnet = ["172.25.0.0/16"] };
        _host.Add(shop);
        _host.Forget();

        HostNetworks second = await ReadAsync(first.Networks);

        Assert.Equal(["docker network ls --quiet --no-trunc", $"docker network inspect -- {shop.Id}"],
            _host.Calls.Select(call => call.ToString()));
        string[] names = [.. second.Networks.Select(network => network.Name)];
        Assert.Equal(["bridge", "host", "lan", "media", "none", "shop", "swarm", "torrents", "vault", "vlan"], names);
    }

    [Fact]
    public async Task A_network_whose_name_another_has_taken_or_given_back_says_so()
    {
        HostNetworks first = await ReadAsync([]);
        FakeNetwork other = new("media") { Subnet = ["172.25.0.0/16"], Incarnation = 1 };
        _host.Add(other);

        HostNetworks second = await ReadAsync(first.Networks);
        _host.Remove(other);
        HostNetworks third = await ReadAsync(second.Networks);

        Assert.Equal(2, second.Networks.Count(network => network is { Name: "media", SharesName: true }));
        Assert.False(Assert.Single(third.Networks, network => network.Name == "media").SharesName);
    }

    [Fact]
    public async Task Podman_lists_its_networks_each_time()
    {
        _host.UsePodman(PodmanHost.Media);
        HostNetworks first = await ReadAsync([]);
        _host.RemovePodman(PodmanHost.Media);

        HostNetworks second = await ReadAsync(first.Networks);

        Assert.Contains(first.Networks, network => network.Name == "films");
        Assert.DoesNotContain(second.Networks, network => network.Name == "films");
    }

    private Task<HostNetworks> ReadAsync(IReadOnlyCollection<DockerNetwork> known) =>
        new HostEngines(_host.Machine).ReadNetworksAsync(known, TestContext.Current.CancellationToken);

    private static string Text(DockerNetwork network) =>
        $"{network.Name} {network.Id} {network.Driver} {network.Bridge} {string.Join(',', network.Subnet)} {network.Reason}";
}
