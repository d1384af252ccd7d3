using System.Net;
using System.Net.Sockets;
using TailSplit.Lab.Attacks;
using TailSplit.Lab.Contract;
using TailSplit.Lab.Truth;

namespace TailSplit.Lab.Transitions;

/// <summary>
/// Connections that were there before the policy, and do not begin again because of it. In a lab of their own:
/// after a crash other networks' containers send the end of old connections again, and by the ISP, for minutes.
/// </summary>
public abstract class EarlierFlowTests(AttackLab split)
{
    private const int ListenerPort = 8443;
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(3);
    private static readonly TimeSpan s_rare = TimeSpan.FromMilliseconds(100);

    private Lab Lab => split.Lab;

    [Theory]
    [InlineData(AddressFamily.InterNetwork, false)]
    [InlineData(AddressFamily.InterNetwork, true)]
    [InlineData(AddressFamily.InterNetworkV6, false)]
    [InlineData(AddressFamily.InterNetworkV6, true)]
    public async Task A_flow_by_the_isp_ends_at_once_under_a_killswitch(AddressFamily family, bool down)
    {
        await split.Remove();
        await Lab.Tailscale.Set(new(ExitNode: false));
        if (down)
        {
            await Lab.Tailscale.Down();
        }

        try
        {
            await using UdpFlow udp = UdpFlow.Start(
                split.Torrents, Place.Internet.At(family), s_interval, sourcePort: NextPort());
            await using TcpFlow tcp = await TcpFlow.Start(
                split.Torrents, Lab.Topology.Inet, new(Place.Internet.At(family), ListenerPort));

            // The control: both live, and the ISP sees them.
            LeakCount control = await Lab.Leaks.During(async () =>
            {
                await udp.UntilAnswered(Way.Isp);
                await tcp.UntilReceived(200);
            });
            Assert.True(control is { Tcp: > 2, Udp: > 2 }, $"The control saw no leak, so the test is void: {control}");

            await split.Run("Get-DockerNetwork torrents | New-TailSplitKillswitch | Out-Null");
            await Lab.Leaks.Reset();
            long received = tcp.Received;

            // Long enough for TCP to send again, more than once (RTO_MIN is 200 ms).
            await Task.Delay(1000, TestContext.Current.CancellationToken);
            await udp.SendMore(100);
            LeakCount leaks = await Lab.Leaks.Count();
            Assert.True(leaks.Total == 0, $"Leaked: {leaks}");
            Assert.Equal(received, tcp.Received);

            if (!down)
            {
                // The stream goes on through the tunnel, once there is a way.
                await Lab.Tailscale.ExitNodeOn();
                await udp.UntilAnswered(Way.ExitNode);
                Assert.Equal(LeakCount.None, await Lab.Leaks.Count());
            }
        }
        finally
        {
            if (down)
            {
                await Lab.Tailscale.Up(new());
            }
        }
    }

    [Theory, ClassData(typeof(Families))]
    public async Task Only_connections_that_violate_the_killswitch_are_ended(AddressFamily family)
    {
        await split.Remove();
        await Lab.Tailscale.Set(new(ExitNode: false));
        int port = NextPort(5);
        IPAddress internet = Place.Internet.At(family);
        IPAddress own = Own(split.Torrents, family);
        await using TcpFlow tcp = await TcpFlow.Start(split.Torrents, Lab.Topology.Inet, new(internet, ListenerPort));
        await using UdpFlow bad = UdpFlow.Start(split.Torrents, internet, s_rare, sourcePort: port);
        await using UdpFlow good = UdpFlow.Start(
            split.Torrents, Place.Tailnet.At(family), s_rare, sourcePort: port + 1);
        await using UdpFlow media = UdpFlow.Start(split.Media, internet, s_rare, sourcePort: port + 2);
        await using UdpFlow plain = UdpFlow.Start(split.Plain, internet, s_rare, sourcePort: port + 3);
        await using UdpFlow host = UdpFlow.Start(Lab.Host, internet, s_rare, sourcePort: port + 4);
        await Task.WhenAll(
            bad.UntilAnswered(Way.Isp), good.UntilAnswered(Way.Tailnet), media.UntilAnswered(Way.Isp),
            plain.UntilAnswered(Way.Isp), host.UntilAnswered(Way.Isp));
        Assert.True((await Probe.AskHttp(Lab.Host, own, 80)).IsAnswered);
        Assert.True(
            (await Probe.AskHttp(Lab.Topology.Exit, Place.HostTailnet.At(family), SplitLab.TorrentsPort)).IsAnswered);
        Assert.True(
            (await Probe.AskHttp(Lab.Topology.Lan, Place.HostLan.At(family), SplitLab.TorrentsPort)).IsAnswered);
        HashSet<string> before = await TrackedFlows.Lasting(Lab);

        await split.Run("Get-DockerNetwork torrents | New-TailSplitKillswitch | Out-Null");
        HashSet<string> after = await TrackedFlows.Of(Lab);
        string[] gone = [.. before.Except(after)];

        // Its own by the ISP, and what the LAN had asked of its published port; some may be of an earlier test.
        Assert.All(
            gone,
            flow => Assert.True(Destinations.Families.Any(any => Violates(flow, any)), $"Ended without need: {flow}"));
        Assert.Contains($"udp src={own} dst={internet} sport={port} dport=80", gone);
        Assert.Contains(gone, flow => flow.EndsWith($"dport={ListenerPort}", StringComparison.Ordinal));
        Assert.Contains(gone, flow => flow.Contains($"src={Place.Lan.At(family)} ", StringComparison.Ordinal));

        // The good ones go on as if nothing had been.
        await Task.WhenAll(
            good.UntilAnswered(Way.Tailnet), media.UntilAnswered(Way.Isp),
            plain.UntilAnswered(Way.Isp), host.UntilAnswered(Way.Isp));

        bool Violates(string flow, AddressFamily of) =>
            flow.Contains($"src={Own(split.Torrents, of)} dst={Place.Internet.At(of)} ", StringComparison.Ordinal)
            || flow.Contains($"src={Place.Lan.At(of)} ", StringComparison.Ordinal);
    }

    [Theory, ClassData(typeof(Families))]
    public async Task With_published_ports_allowed_their_connections_stay(AddressFamily family)
    {
        await split.Remove();
        await Lab.Tailscale.Set(new(ExitNode: false));
        Assert.True(
            (await Probe.AskHttp(Lab.Topology.Lan, Place.HostLan.At(family), SplitLab.TorrentsPort)).IsAnswered);
        HashSet<string> before = await TrackedFlows.Lasting(Lab);
        string[] asked = [.. before.Where(
            flow => flow.Contains($"src={Place.Lan.At(family)} ", StringComparison.Ordinal))];
        Assert.NotEmpty(asked);
        await split.Run("Get-DockerNetwork torrents | New-TailSplitKillswitch -AllowPublishedPort | Out-Null");
        Assert.Empty(asked.Except(await TrackedFlows.Of(Lab)));
    }

    [Theory]
    [InlineData(AddressFamily.InterNetwork, "Mark")]
    [InlineData(AddressFamily.InterNetworkV6, "Mark")]
    [InlineData(AddressFamily.InterNetwork, "Route")]
    [InlineData(AddressFamily.InterNetworkV6, "Route")]
    public async Task A_flow_by_the_exit_node_continues_by_the_isp_under_a_bypass(
        AddressFamily family, string mechanism)
    {
        await split.Remove();
        await Lab.Tailscale.Set(new());
        int port = NextPort(3);
        await using UdpFlow flow = UdpFlow.Start(split.Media, Place.Internet.At(family), s_interval, sourcePort: port);
        await using UdpFlow tailnet = UdpFlow.Start(
            split.Media, Place.Tailnet.At(family), s_rare, sourcePort: port + 1);
        await using UdpFlow others = UdpFlow.Start(
            split.Plain, Place.Internet.At(family), s_rare, sourcePort: port + 2);
        await Task.WhenAll(
            flow.UntilAnswered(Way.ExitNode), tailnet.UntilAnswered(Way.Tailnet), others.UntilAnswered(Way.ExitNode));
        HashSet<string> before = await TrackedFlows.Lasting(Lab);

        await split.Run($"Get-DockerNetwork media | New-TailSplitBypass -Mechanism {mechanism} | Out-Null");
        await flow.UntilAnswered(Way.Isp);
        int answers = flow.Answers.Count;
        await flow.SendMore(50);
        Assert.All(flow.Answers.Skip(answers), answer => Assert.Equal(Way.Isp, answer.Way));
        await Task.WhenAll(tailnet.UntilAnswered(Way.Tailnet), others.UntilAnswered(Way.ExitNode));

        // By its tuple the stream is the same connection before and after; no other has gone.
        Assert.Empty(before.Except(await TrackedFlows.Of(Lab)));
    }

    /// <summary>Held by time: one call for each connection took 139 s for 4,000.</summary>
    [Fact]
    public async Task Ten_thousand_connections_are_ended_in_a_moment()
    {
        await split.Remove();
        IPAddress own = Own(split.Torrents, AddressFamily.InterNetwork);
        string entries = string.Concat(Enumerable.Range(0, 10000).Select(i => FormattableString.Invariant(
            $"-I -p udp -s {own} -d 198.{18 + (i / 5000)}.{i / 250 % 250}.{1 + (i % 250)} --sport {1024 + i} --dport 53 -r 198.{18 + (i / 5000)}.{i / 250 % 250}.{1 + (i % 250)} -q {Place.HostWan.V4} --reply-port-src 53 --reply-port-dst {1024 + i} -t 600 -u SEEN_REPLY\n")));
        await Lab.Host.Run("conntrack", ["-R", "-"], entries);
        await split.Run("New-TailSplitKillswitch plain | Out-Null; Remove-TailSplitPolicy plain | Out-Null");
        long start = TimeProvider.System.GetTimestamp();
        await split.Run("New-TailSplitKillswitch plain | Out-Null");
        TimeSpan usual = TimeProvider.System.GetElapsedTime(start);

        start = TimeProvider.System.GetTimestamp();
        await split.Run("Get-DockerNetwork torrents | New-TailSplitKillswitch | Out-Null");
        TimeSpan more = TimeProvider.System.GetElapsedTime(start) - usual;

        ProgramOutput left = await Lab.Host.Run("conntrack", ["-L", "-s", $"{own}"]);
        Assert.DoesNotContain("dst=198.18.", left.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("dst=198.19.", left.Output, StringComparison.Ordinal);
        TestContext.Current.SendDiagnosticMessage($"Ending 10,000 connections took {more.TotalMilliseconds:0} ms more.");
        Assert.InRange(more.TotalSeconds, -10, 5);
        await split.Run("Remove-TailSplitPolicy plain | Out-Null");
    }

    // Each flow its own: an entry of an earlier test would be another test's past.
    private static int s_port = 42000;

    private static int NextPort(int count = 1) => Interlocked.Add(ref s_port, count) - count;

    private static IPAddress Own(Container container, AddressFamily family) =>
        container.Addresses.Single(address => address.AddressFamily == family);
}

public sealed class NfTablesEarlierFlowTests(NfTablesAttackLab lab) : EarlierFlowTests(lab), IClassFixture<NfTablesAttackLab>;

[Collection(typeof(OwnTableTransitions))]
public sealed class OwnTableEarlierFlowTests(OwnTableAttackLab lab) : EarlierFlowTests(lab);
