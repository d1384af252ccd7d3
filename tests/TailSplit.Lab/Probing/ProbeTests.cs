using System.Text.RegularExpressions;
using TailSplit.Lab.Attacks;
using TailSplit.Lab.Options;

namespace TailSplit.Lab.Probing;

/// <summary>What Test-TailSplitPolicy -Probe says, held against what real packets do.</summary>
public sealed class ProbeTests(ProbingLab split) : IClassFixture<ProbingLab>
{
    private const string Services = "ICMP, TCP 53/443, UDP 53/443";

    private static readonly string s_blinding =
        $$"""
        table netdev blind {
            chain out {
                type filter hook egress device eth0 priority 0
                ip daddr {{Place.Internet.V4}} drop
                ip6 daddr {{Place.Internet.V6}} drop
            }
        }
        """;

    private static readonly string[] s_targets = [$"{Place.Internet.V4}", $"{Place.Internet.V6}"];

    private Lab Lab => split.Lab;

    [Fact]
    public async Task On_a_healthy_host_a_killswitch_goes_by_the_tunnel_and_a_bypass_by_the_isp()
    {
        await using RulesKeeper keeper = await RulesKeeper.Keep(split);
        await split.Given(exitNode: true);

        ProbeRow[] rows = await split.Probe();

        AssertRows(
            rows,
            "torrents",
            "Pass",
            target =>
                $"Tunnelled: {Services} to {target} from the container torrents left by tailscale0, as a " +
                "killswitch should.");
        AssertRows(
            rows,
            "empty",
            "Pass",
            target =>
                $"Tunnelled: {Services} to {target} from a namespace on {split.EmptyNetwork.Bridge} left by " +
                "tailscale0, as a killswitch should.");
        AssertRows(
            rows,
            "media",
            "Pass",
            target => $"Direct: {Services} to {target} from the container media left by eth0, as a bypass should.");
        Assert.Equal(6, rows.Length);
        Assert.Equal("True", (await split.Run($"Test-TailSplitPolicy -Probe -Quiet {ProbingLab.Target}")).Trim());
    }

    [Fact]
    public async Task When_the_tunnel_has_crashed_a_killswitch_is_closed_and_that_is_right()
    {
        await using RulesKeeper keeper = await RulesKeeper.Keep(split);
        await split.Given(exitNode: true);
        await Lab.Tailscale.Crash();
        try
        {
            ProbeRow[] rows = await split.Probe("torrents, empty");

            AssertRows(
                rows,
                "torrents",
                "Pass",
                target =>
                    $"Blocked: {Services} to {target} from the container torrents left by no interface, as a " +
                    "killswitch should while the tunnel has no route there.");
            AssertRows(
                rows,
                "empty",
                "Pass",
                target =>
                    $"Blocked: {Services} to {target} from a namespace on {split.EmptyNetwork.Bridge} left by no " +
                    "interface, as a killswitch should while the tunnel has no route there.");
        }
        finally
        {
            await Lab.Tailscale.Recover();
        }
    }

    [Fact]
    public async Task A_leak_in_both_layers_is_found_and_its_remedy_closes_it()
    {
        await using RulesKeeper keeper = await RulesKeeper.Keep(split);
        await split.Given(exitNode: false);
        await Layers.Both(Lab, "-I FORWARD 1 -j ACCEPT");
        await Layers.DeleteRouting(Lab);

        ProbeRow[] leaks = await split.Probe("torrents, empty");

        AssertRows(
            leaks,
            "torrents",
            "Fail",
            target =>
                $"Leak: {Services} to {target} from the container torrents left in clear by eth0, outside the " +
                "killswitch.");
        AssertRows(
            leaks,
            "empty",
            "Fail",
            target =>
                $"Leak: {Services} to {target} from a namespace on {split.EmptyNetwork.Bridge} left in clear by " +
                "eth0, outside the killswitch.");
        foreach (string remedy in leaks.Select(leak => leak.Remedy).Distinct())
        {
            await split.Run($"{remedy} | Out-Null");
        }

        Assert.All(await split.Probe("torrents, empty"), row => Assert.Equal("Pass", row.Status));
    }

    [Fact]
    public async Task A_container_that_leaves_by_another_network_leaks_and_the_network_is_named()
    {
        await using RulesKeeper keeper = await RulesKeeper.Keep(split);
        await split.Given(exitNode: false);
        // Docker's choice among gateways is by name, and "plain" comes before "torrents".
        await Lab.Docker.Docker("network", "connect", "plain", "torrents");
        try
        {
            ProbeRow[] leaks = await split.Probe("torrents");

            Assert.All(leaks, leak => Assert.Contains("after entering by br-", leak.Detail, StringComparison.Ordinal));
            Assert.All(leaks, leak => Assert.Contains("(network plain)", leak.Detail, StringComparison.Ordinal));
            Assert.All(leaks, leak => Assert.Equal(("Fail", ""), (leak.Status, leak.Remedy ?? "")));
            await Lab.Docker.Docker("network", "disconnect", "plain", "torrents");
            Assert.All(await split.Probe("torrents"), row => Assert.Equal("Pass", row.Status));
        }
        finally
        {
            await Lab.Docker.TryDocker("network", "disconnect", "plain", "torrents");
        }
    }

    [Fact]
    public async Task A_bypass_whose_mark_is_taken_away_goes_by_the_tunnel_and_fails()
    {
        await using RulesKeeper keeper = await RulesKeeper.Keep(split);
        await split.Given(exitNode: true);
        await Layers.Both(Lab, "-t mangle -A TSB-media -j MARK --set-xmark 0x10000/0xff0000");
        await WithoutBlock();

        ProbeRow[] rows = await split.Probe("media");

        AssertRows(
            rows,
            "media",
            "Fail",
            target =>
                $"Tunnelled: {Services} to {target} from the container media left by tailscale0, although the " +
                "network has a bypass.");
        await split.Run($"{rows[0].Remedy} | Out-Null");
        Assert.All(await split.Probe("media"), row => Assert.Equal("Pass", row.Status));
    }

    // The block of ip rules lets every mark out. Without its goto, only Tailscale's own mark gets past the tunnel.
    private async Task WithoutBlock()
    {
        foreach (string family in (string[])["-4", "-6"])
        {
            await Lab.Host.Run("ip", [family, "rule", "del", "pref", "5101", "protocol", "84"]);
        }
    }

    [Fact]
    public async Task One_port_that_leaks_is_told_from_the_others()
    {
        await using RulesKeeper keeper = await RulesKeeper.Keep(split);
        await split.Given(exitNode: true);
        string bridge = split.MediaNetwork.Bridge;
        await Layers.Both(
            Lab, $"-t mangle -A TSB-media -p udp --dport 53 -i {bridge} -j MARK --set-xmark 0x10000/0xff0000");
        await WithoutBlock();

        ProbeRow[] rows = await split.Probe("media");

        Assert.Equal(
            2,
            rows.Count(row => row.Status == "Fail"
                && row.Detail.StartsWith("Tunnelled: UDP 53 to ", StringComparison.Ordinal)));
        Assert.Equal(
            2,
            rows.Count(row => row.Status == "Pass"
                && row.Detail.StartsWith("Direct: ICMP, TCP 53/443, UDP 443 to ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_missing_packet_proves_nothing_if_the_capture_could_not_see_a_leak()
    {
        await using RulesKeeper keeper = await RulesKeeper.Keep(split);
        await split.Given(exitNode: false);
        // After the routing decision, before the capture: what would leave in clear is not seen, the host's own
        // included.
        await Lab.Host.Run("nft", ["-f", "-"], s_blinding);
        try
        {
            Assert.All(await split.Probe("torrents, empty"), row => Assert.Equal("Skipped", row.Status));
        }
        finally
        {
            await Lab.Host.Run("nft", ["delete", "table", "netdev", "blind"]);
        }

        // Its control: with sight, the same is proved.
        Assert.All(await split.Probe("torrents, empty"), row => Assert.Equal("Pass", row.Status));
    }

    [Fact]
    public async Task Nothing_is_sent_without_probe_and_with_it_nothing_gets_past_the_first_router()
    {
        await using RulesKeeper keeper = await RulesKeeper.Keep(split);
        await split.Given(exitNode: true);
        LeakCounter server = await LeakCounter.Start(Lab.Topology.Inet, "eth0");

        LeakCount without = await Lab.Leaks.During(() => split.Run("Test-TailSplitPolicy | Out-Null"));
        Assert.Equal(LeakCount.None, without);

        await server.Reset();
        LeakCount with = await Lab.Leaks.During(() => split.Probe());
        Assert.True(
            with is { Tcp: > 0, Udp: > 0, Icmp: > 0, V6: > 0 },
            $"The control saw no probe, so the test is void: {with}");
        Assert.Equal(LeakCount.None, await server.Count());
    }

    [Fact]
    public async Task The_probe_leaves_nothing_behind()
    {
        await using RulesKeeper keeper = await RulesKeeper.Keep(split);
        await split.Given(exitNode: true);
        // The bridge has had a port before, so that what the kernel gives it with the first one is there.
        await split.Probe("empty");
        string before = await Everything();

        await split.Probe();

        Assert.Equal(before, await Everything());
    }

    [Fact]
    public async Task A_killed_probe_leaves_nothing_behind()
    {
        await using RulesKeeper keeper = await RulesKeeper.Keep(split);
        await split.Given(exitNode: false);
        Dictionary<string, string> environment = Lab.Environment.ToDictionary(each => each.Key, each => each.Value!);
        await using BackgroundProgram shell = BackgroundProgram.Start(
            "nsenter",
            [
                $"--net={Lab.Host.FilePath}",
                .. Pwsh.Command($"Test-TailSplitPolicy empty -Probe {ProbingLab.Target}"),
            ],
            environment);
        await Wait.Until(
            async () => (await Links()).Contains("tsprobe", StringComparison.Ordinal), "the probe to be under way");

        await shell.Stop(Signal.Kill);

        await Wait.Until(
            async () => !(await Links()).Contains("tsprobe", StringComparison.Ordinal), "the kernel to take it down");
    }

    private async Task<string> Links() => (await Lab.Host.Run("ip", ["-br", "link"])).Output;

    // Rules, interfaces, addresses, routes and neighbours that were written by hand.
    private async Task<string> Everything()
    {
        string links = string.Join('\n', (await Links()).Split('\n').Select(line => line.Split(' ')[0]));
        // A bridge without a port goes down in the kernel's own time.
        string addresses = Regex.Replace(
            (await Lab.Host.Run("ip", ["-br", "address", "show", "scope", "global"])).Output, " (UP|DOWN) +", " ");
        string routes = (await Lab.Host.Run("ip", ["route", "show", "table", "all"])).Output.Replace(
            " linkdown", "", StringComparison.Ordinal);
        string neighbours = (await Lab.Host.Run("ip", ["neighbour", "show", "nud", "permanent"])).Output;
        string inside = (await split.Torrents.Namespace.Run("ip", ["-br", "address"])).Output
            + (await split.Torrents.Namespace.Run("ip", ["neighbour", "show", "nud", "permanent"])).Output;
        return string.Join("\n--\n", await Lab.Snapshot(), links, addresses, routes, neighbours, inside);
    }

    private static void AssertRows(ProbeRow[] rows, string policy, string status, Func<string, string> detail) =>
        Assert.Equal(
            s_targets.Select(target => $"{status} {detail(target)}"),
            rows.Where(row => row.Policy == policy).Select(row => $"{row.Status} {row.Detail}"));
}
