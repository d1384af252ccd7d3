using TailSplit.Lab.Contract;

namespace TailSplit.Lab.Options;

/// <summary>Policies by subnet behave as those by network: the bridge is looked up, or given.</summary>
[Collection(typeof(SharedOptionsLab))]
public sealed class ByHandTests(OptionsLab split)
{
    private const string Media = "-Subnet 172.30.1.0/24, 2001:db8:d:1::/64";
    private const string Torrents = "-Subnet 172.30.2.0/24, 2001:db8:d:2::/64";

    private Lab Lab => split.Lab;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_policy_by_subnet_behaves_as_one_by_network(bool givesBridge)
    {
        TailscaleState on = new();
        TailscaleState off = new(ExitNode: false);
        Survey survey = new(split);
        await split.Remove();
        await Lab.Tailscale.Set(on);
        IReadOnlyDictionary<string, Way> ordinary = await survey.OfOrdinary();
        await split.Run($"New-TailSplitBypass {Media} {Bridge(split.MediaNetwork)} | Out-Null");
        await split.Run($"New-TailSplitKillswitch {Torrents} {Bridge(split.TorrentsNetwork)} | Out-Null");
        Assert.Equal(
            [split.MediaNetwork.Bridge, split.TorrentsNetwork.Bridge],
            (await split.Run("(Get-TailSplitPolicy | Where-Object State -eq Active).Bridge"))
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Order()
                .OrderBy(bridge => bridge != split.MediaNetwork.Bridge));
        await survey.CheckPolicies("exit node on", on);
        await survey.CheckOrdinary("exit node on", ordinary);
        await PublishedPorts.Check(split, survey, allowPublishedPort: false, tunnelUp: true);
        await Lab.Tailscale.Set(off);
        await survey.CheckPolicies("exit node off", off);
        Assert.Empty(survey.Wrong);

        string Bridge(DockerNetwork network) => givesBridge ? $"-Bridge {network.Bridge}" : "";
    }

    [Fact]
    public async Task One_subnet_of_a_dual_stack_network_closes_both_families_by_its_bridge()
    {
        await split.Remove();
        await Lab.Tailscale.Set(new(ExitNode: false));
        await Lab.Leaks.Control(() => Lab.Ask(split.Torrents, Place.Internet.V6));
        await split.Run("New-TailSplitKillswitch -Subnet 172.30.2.0/24 | Out-Null");
        Assert.Equal(LeakCount.None, await Lab.Leaks.During(() => Expect.Stops(split.Torrents, Place.Internet)));
        await Lab.Tailscale.ExitNodeOn();
        Assert.Equal(LeakCount.None, await Lab.Leaks.During(() => Probe.Ask(split.Torrents, Place.Internet.V6)));
        Assert.Equal(Way.ExitNode, (await Lab.Ask(split.Torrents, Place.Internet.V4)).Way);
    }
}
