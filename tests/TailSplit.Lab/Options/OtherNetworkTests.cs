using TailSplit.Lab.Attacks;

namespace TailSplit.Lab.Options;

/// <summary>What lies between Docker networks: a killswitch is closed to all of them, and open to its own.</summary>
[Collection(typeof(SharedOptionsLab))]
public sealed class OtherNetworkTests(OptionsLab split)
{
    private Lab Lab => split.Lab;

    [Theory]
    [InlineData("both", true)]
    [InlineData("both", false)]
    [InlineData("firewall", true)]
    [InlineData("firewall", false)]
    [InlineData("routing", true)]
    [InlineData("routing", false)]
    public async Task A_killswitch_reaches_its_own_network_and_no_other_whichever_layer_is_left(
        string layers, bool exitNode)
    {
        await using RulesKeeper keeper = await WithoutDockersIsolation(exitNode);
        await using SeenServer own = Serve(split.Seeder);
        await using SeenServer media = Serve(split.Media);
        await using SeenServer plain = Serve(split.Plain);
        await Expect.Goes(split.Torrents, split.Media.Addresses, Way.Bridge, Ports.Host);
        await Expect.Goes(split.Torrents, split.Plain.Addresses, Way.Bridge, Ports.Host);

        await split.Apply();
        await TakeAway(layers);
        await Expect.Goes(split.Torrents, split.Seeder.Addresses, Way.Bridge, Ports.Host);
        await Expect.Stops(split.Torrents, split.Plain.Addresses, Ports.Host);
        await Expect.Stops(split.Torrents, split.Media.Addresses, Ports.Host);
    }

    [Theory]
    [InlineData("both", true)]
    [InlineData("both", false)]
    [InlineData("firewall", true)]
    [InlineData("firewall", false)]
    [InlineData("routing", true)]
    [InlineData("routing", false)]
    public async Task Two_killswitches_do_not_reach_each_other_whichever_layer_is_left(string layers, bool exitNode)
    {
        await using RulesKeeper keeper = await WithoutDockersIsolation(exitNode);
        await using SeenServer torrents = Serve(split.Torrents);
        await using SeenServer plain = Serve(split.Plain);
        await Expect.Goes(split.Torrents, split.Plain.Addresses, Way.Bridge, Ports.Host);
        await Expect.Goes(split.Plain, split.Torrents.Addresses, Way.Bridge, Ports.Host);

        await split.Run("'torrents', 'plain' | Get-DockerNetwork | New-TailSplitKillswitch | Out-Null");
        await TakeAway(layers);
        await Expect.Stops(split.Torrents, split.Plain.Addresses, Ports.Host);
        await Expect.Stops(split.Plain, split.Torrents.Addresses, Ports.Host);
    }

    [Fact]
    public async Task A_network_whose_bridge_has_any_name_is_not_the_lan_that_published_ports_answer()
    {
        await split.Remove();
        await Lab.CreateNetwork(
            "named", new() { Subnet = "172.30.7.0/24", SubnetV6 = "2001:db8:d:7::/64", Bridge = "br-named" });
        try
        {
            Container named = await Lab.RunContainer("named", new() { Networks = ["named"] });
            await using RulesKeeper keeper = await WithoutDockersIsolation(exitNode: true);
            await using SeenServer server = Serve(named);
            await Expect.Goes(split.Torrents, named.Addresses, Way.Bridge, Ports.Host);

            await split.Run("Get-DockerNetwork torrents | New-TailSplitKillswitch -AllowPublishedPort | Out-Null");
            await Layers.EmptyFirewall(Lab);
            await Expect.Stops(split.Torrents, named.Addresses, Ports.Host);
        }
        finally
        {
            await Lab.Docker.Docker("rm", "--force", "named");
            await Lab.RemoveNetwork("named");
        }
    }

    [Theory]
    [InlineData("New-TailSplitBypass")]
    [InlineData("New-TailSplitBypass -Mechanism Route")]
    [InlineData("New-TailSplitKillswitch")]
    [InlineData("New-TailSplitKillswitch -AllowPublishedPort -BlockHost")]
    public async Task A_network_without_talk_between_containers_keeps_its_isolation(string policy)
    {
        await using RulesKeeper keeper = await RulesKeeper.Keep(split);
        await split.Remove();
        await Lab.Tailscale.Set(new());
        await Lab.CreateNetwork(
            "quiet",
            new()
            {
                Subnet = "172.30.6.0/24",
                SubnetV6 = "2001:db8:d:6::/64",
                Bridge = "quiet0",
                InterContainer = false
            });
        try
        {
            Container one = await Lab.RunContainer("one", new() { Networks = ["quiet"] });
            Container two = await Lab.RunContainer("two", new() { Networks = ["quiet"] });
            await using SeenServer server = Serve(two);

            // The control: it is Docker's rule that parts them, and it works (br_netfilter).
            await Expect.Stops(one, two.Addresses, Ports.Host);
            await Layers.Both(Lab, "-I FORWARD 1 -i quiet0 -o quiet0 -j ACCEPT");
            await Expect.Goes(one, two.Addresses, Way.Bridge, Ports.Host);
            await Layers.Both(Lab, "-D FORWARD -i quiet0 -o quiet0 -j ACCEPT");

            await split.Run($"Get-DockerNetwork quiet | {policy} | Out-Null");
            await Expect.Stops(one, two.Addresses, Ports.Host);
            await Expect.Goes(one, Place.Tailnet, Way.Tailnet);
        }
        finally
        {
            await Lab.Docker.Docker("rm", "--force", "one", "two");
            await Lab.RemoveNetwork("quiet");
        }
    }

    // Docker's own isolation of networks would hide whether a policy does anything.
    private async Task<RulesKeeper> WithoutDockersIsolation(bool exitNode)
    {
        RulesKeeper keeper = await RulesKeeper.Keep(split);
        await split.Remove();
        await Lab.Tailscale.Set(new(exitNode));
        await Layers.Both(Lab, "-D FORWARD -j DOCKER-ISOLATION-STAGE-1");
        return keeper;
    }

    private static SeenServer Serve(Container container) =>
        SeenServer.Start(container, container.Addresses, [Ports.Host]);

    private async Task TakeAway(string layers)
    {
        switch (layers)
        {
            case "firewall":
                await Layers.DeleteRouting(Lab);
                break;
            case "routing":
                await Layers.EmptyFirewall(Lab);
                break;
        }
    }
}
