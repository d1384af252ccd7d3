using TailSplit.Lab.Guide;
using TailSplit.Lab.Options;

namespace TailSplit.Lab.Recipes;

/// <summary>
/// docs/recipes.md, run as it is printed. Packets show that each recipe does what it says; first, as a control, that
/// without its policies they go another way.
/// </summary>
public sealed class RecipeTests(RecipeLab recipes) : IClassFixture<RecipeLab>
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(2);

    private Lab Lab => recipes.Lab;

    [Fact]
    public async Task A_torrent_client_leaves_by_the_exit_node_or_not_at_all_and_talks_to_its_apps()
    {
        await using RecipeProject project = await recipes.Open("A torrent client and its *arr apps");
        Container client = await Follow(project);
        Container sonarr = await Lab.Docker.Inspect("sonarr");

        await Expect.Goes(client, Place.Internet, Way.ExitNode);
        await Expect.Stops(client, Place.Lan);
        Assert.Equal(Way.Lan, (await Lab.AskHttp(Lab.Topology.Lan, Place.HostLan.V4, 8080)).Way);
        Assert.Equal(Way.Bridge, (await Lab.AskHttp(sonarr, client.AddressesByNetwork["apps"][0], 8080)).Way);
        Assert.Equal(Way.Bridge, (await Lab.AskHttp(client, sonarr.AddressesByNetwork["apps"][0], 8989)).Way);
        ProgramOutput byName = await Lab.Docker.Docker("exec", "sonarr", "wget", "-qO-", "http://qbittorrent:8080/");
        Assert.Equal("box", byName.Output.Trim());
        Assert.Equal(
            "torrents=Killswitch, arr=, apps=internal",
            (await project.Run("(Get-DockerNetwork torrents, arr, apps | ForEach-Object { \"$_=$($_.PolicyKind)$($_.ReasonWord)\" }) -join ', '")).Trim());
        await NothingLeaves(client);
        Assert.Equal(Way.Isp, (await Lab.Ask(sonarr, Place.Internet.V4)).Way);
    }

    [Fact]
    public async Task Plex_leaves_by_the_isp_and_its_port_is_answered_to_everybody()
    {
        await using RecipeProject project = await recipes.Open("Plex with a published port");
        await Control(project, "plex", Way.ExitNode, exitNode: true, async () => Assert.False(
            (await Lab.AskHttp(Lab.Topology.Inet, Place.HostWan.V4, 32400)).IsAnswered));
        await project.RunRest();

        await Expect.Goes(await Lab.Docker.Inspect("plex"), Place.Internet, Way.Isp);
        Assert.Equal(Way.Internet, (await Lab.AskHttp(Lab.Topology.Inet, Place.HostWan.V4, 32400)).Way);
        Assert.Equal(Way.Lan, (await Lab.AskHttp(Lab.Topology.Lan, Place.HostLan.V4, 32400)).Way);
        Assert.True((await Lab.AskHttp(Lab.Topology.Exit, Place.HostTailnet.V4, 32400)).IsAnswered);
    }

    [Fact]
    public async Task A_reverse_proxy_reaches_both_and_is_no_way_past_the_killswitch()
    {
        await using RecipeProject project = await recipes.Open("A reverse proxy in front of both");
        Container client = await Follow(project);
        Container caddy = await Lab.Docker.Inspect("caddy");
        Container plex = await Lab.Docker.Inspect("plex");

        Assert.Equal(Way.Internet, (await Lab.AskHttp(Lab.Topology.Inet, Place.HostWan.V4, 80)).Way);
        Assert.Equal(Way.Bridge, (await Lab.AskHttp(caddy, plex.AddressesByNetwork["backend"][0], 32400)).Way);
        Assert.Equal(Way.Bridge, (await Lab.AskHttp(caddy, client.AddressesByNetwork["backend"][0], 8080)).Way);
        Assert.Equal(Way.Isp, (await Lab.Ask(plex, Place.Internet.V4)).Way);
        Assert.Equal(Way.ExitNode, (await Lab.Ask(client, Place.Internet.V4)).Way);
        await NothingLeaves(client);
    }

    [Fact]
    public async Task Every_dns_query_goes_to_the_server_in_the_tailnet()
    {
        await using RecipeProject project = await recipes.Open("A name server of your own");
        Container client = await Follow(project);

        foreach (Place asked in (Place[])[Place.Tailnet, Place.Internet, Place.Lan])
        {
            await Expect.Goes(client, asked, Way.Tailnet, Ports.Dns);
        }

        await Expect.Goes(client, Place.Internet, Way.ExitNode);
        await Lab.Tailscale.Down();
        Assert.Equal(LeakCount.None, await Lab.Leaks.During(() => Expect.Stops(client, Place.Internet, Ports.Dns)));
        await Lab.Tailscale.Up();
    }

    [Fact]
    public async Task Labels_close_one_network_and_bypass_the_other()
    {
        await using RecipeProject project = await recipes.Open("Everything by labels");
        Container client = await Follow(project);

        Assert.Equal(Way.Isp, (await Lab.Ask(await Lab.Docker.Inspect("plex"), Place.Internet.V4)).Way);
        Assert.Equal(Way.ExitNode, (await Lab.Ask(client, Place.Internet.V4)).Way);
        Assert.Equal(Way.Lan, (await Lab.AskHttp(Lab.Topology.Lan, Place.HostLan.V4, 8080)).Way);
        Assert.Equal(Way.Internet, (await Lab.AskHttp(Lab.Topology.Inet, Place.HostWan.V4, 32400)).Way);
        await NothingLeaves(client);
    }

    [Fact]
    public async Task Networks_without_ipv6_are_bypassed_and_closed()
    {
        await using RecipeProject project = await recipes.Open("A host with only IPv4");
        Container client = await Follow(project);

        Assert.Equal(Way.Isp, (await Lab.Ask(await Lab.Docker.Inspect("plex"), Place.Internet.V4)).Way);
        Assert.Equal(Way.ExitNode, (await Lab.Ask(client, Place.Internet.V4)).Way);
        await NothingLeaves(client);
    }

    [Fact]
    public async Task What_gluetun_closed_is_closed_and_its_lan_stays_open()
    {
        await using RecipeProject project = await recipes.Open("Coming from gluetun");
        Container client = await Follow(project);

        Assert.Equal(Way.ExitNode, (await Lab.Ask(client, Place.Internet.V4)).Way);
        Assert.Equal(Way.Lan, (await Lab.Ask(client, Place.Lan.V4)).Way);
        Assert.Equal(Way.Lan, (await Lab.AskHttp(Lab.Topology.Lan, Place.HostLan.V4, 8080)).Way);
        await NothingLeaves(client);
    }

    [Fact]
    public async Task The_guides_rules_go_without_a_gap_and_nothing_else_goes()
    {
        await using RecipeProject project = await recipes.Open("Coming from the guide's script");
        await project.Run("docker compose up --detach");
        Container client = await Lab.Docker.Inspect("qbittorrent");
        Container plex = await Lab.Docker.Inspect("plex");
        await Lab.Tailscale.Set(new(ExitNode: false));
        await Lab.Leaks.Control(() => Lab.Ask(client, Place.Internet.V4));
        string before = await Lab.Snapshot();
        await using GuideRules guide = await GuideRules.Apply(Lab);
        Assert.Equal("Warn", await Check());

        await using (UdpFlow open = UdpFlow.Start(plex, Place.Internet.V4, s_interval))
        await using (UdpFlow closed = UdpFlow.Start(client, Place.Internet.V4, s_interval))
        {
            await open.UntilAnswered(Way.Isp);
            await closed.SendMore(50);
            await Lab.Leaks.Reset();
            await project.RunThrough("iptables -t filter -D DOCKER-USER -s 172.18.0.0/16 -d 172.18.0.0/16");
            guide.AreGone();
            await closed.SendMore(50);
            Assert.Empty(closed.Answers);
            Assert.All(open.Answers, answer => Assert.Equal(Way.Isp, answer.Way));
            Assert.DoesNotContain("172.18.", (await Lab.Leaks.Count()).Flows, StringComparison.Ordinal);
        }

        await Lab.Tailscale.Set(new());
        await project.RunRest();
        Assert.Equal("Pass", await Check());
        Assert.Equal(Way.Isp, (await Lab.Ask(plex, Place.Internet.V4)).Way);
        Assert.Equal(Way.ExitNode, (await Lab.Ask(client, Place.Internet.V4)).Way);
        await NothingLeaves(client);
        await project.Run("Remove-TailSplitPolicy * | Out-Null");
        Assert.Equal(before, await Lab.Snapshot());

        async Task<string> Check() =>
            (await project.Run("(Test-TailSplitPolicy | Where-Object Check -eq GuideScript).Status")).Trim();
    }

    // The whole page, after the control that its torrent client leaves by the ISP without the page's policies.
    private async Task<Container> Follow(RecipeProject project)
    {
        await Control(project, "qbittorrent", Way.Isp, exitNode: false);
        await project.RunRest();
        return await Lab.Docker.Inspect("qbittorrent");
    }

    // The containers run without the policies of the page, and are stopped again.
    private async Task Control(RecipeProject project, string name, Way way, bool exitNode, Func<Task>? more = null)
    {
        await project.RunThrough("docker compose up");
        await project.Run("docker compose start");
        await Lab.Tailscale.Set(new(exitNode));
        Assert.Equal(way, (await Lab.Ask(await Lab.Docker.Inspect(name), Place.Internet.V4)).Way);
        await (more?.Invoke() ?? Task.CompletedTask);
        await Lab.Tailscale.Set(new());
        await project.Run("docker compose stop --timeout 0");
    }

    private async Task NothingLeaves(Container closed)
    {
        await Lab.Tailscale.Set(new(ExitNode: false));
        Assert.Equal(LeakCount.None, await Lab.Leaks.During(() => Expect.Stops(closed, Place.Internet)));
    }
}
