using System.Globalization;

namespace TailSplit.Lab.Tracing;

/// <summary>What Trace-TailSplitPacket says of a packet is what becomes of it.</summary>
public abstract class TraceTests(TraceLab lab, int rounds, ITestOutputHelper output)
{
    private const int FirstPort = 20000;

    // The same hosts each time, so that a failure is the change's; others are picked by the variable.
    private const int Seed = 20261123;

    private static readonly string[] s_protocols = ["Tcp", "Udp", "Icmp"];

    private readonly TraceComparison _comparison = new(lab);

    /// <summary>The control: where every way is known, packets are seen on every way, and the trace says so.</summary>
    [Fact]
    public async Task A_packet_goes_where_the_trace_says_on_a_host_without_policies()
    {
        await lab.Remove();
        lab.Lab.SetRpFilter(2);
        await lab.Lab.Tailscale.Set(new(ExitNode: false));
        Dictionary<string, string> seen = await _comparison.Run(FirstPort - 100, []);
        Assert.All(
            s_protocols, protocol => Assert.Equal("Direct by eth0", seen[$"plain {protocol} {Place.Internet.V4}"]));
        Assert.All(
            s_protocols,
            protocol => Assert.Equal("Tunnel by tailscale0", seen[$"plain {protocol} {Place.Tailnet.V6}"]));
        Assert.All(s_protocols, protocol => Assert.Equal("Direct by lan0", seen[$"plain {protocol} {Place.Lan.V4}"]));
        Assert.All(
            s_protocols,
            protocol => Assert.Equal("Delivered to the host", seen[$"plain {protocol} {Place.HostLan.V6}"]));
        Assert.All(s_protocols, protocol => Assert.Equal(
            $"Stays on {lab.Bridges["media"]}", seen[$"media {protocol} {lab.Neighbour.Addresses[0]}"]));
    }

    [Fact]
    public async Task A_packet_goes_where_the_trace_says_on_any_host()
    {
        int seed = int.TryParse(
            Environment.GetEnvironmentVariable("TAILSPLIT_LAB_SEED"), CultureInfo.InvariantCulture, out int given)
            ? given
            : Seed;
        output.WriteLine($"TAILSPLIT_LAB_SEED={seed}");
        Random random = new(seed);
        Dictionary<string, int> verdicts = [];
        for (int round = 0; round < rounds; round++)
        {
            int firstPort = FirstPort + (round * 20);
            RandomHost host = new(lab, random);
            host.Story.Add($"TAILSPLIT_LAB_SEED={seed}, round {round}");
            try
            {
                await host.Apply(firstPort);
                foreach (string verdict in (await _comparison.Run(firstPort, host.Story)).Values)
                {
                    string kind = verdict.Split(' ')[0];
                    verdicts[kind] = verdicts.GetValueOrDefault(kind) + 1;
                }
            }
            finally
            {
                await host.Undo();
            }
        }

        output.WriteLine($"{string.Join(", ", verdicts)}, by native rules {_comparison.NativeDecisions}");
        Assert.True(_comparison.NativeDecisions > 50);
        Assert.True(verdicts.Values.Sum() > 1000);
        Assert.All(
            (string[])["Direct", "Tunnel", "Blocked", "Stays", "Delivered"],
            kind => Assert.True(verdicts.GetValueOrDefault(kind) > 10, kind));
    }
}

public sealed class BookwormTraceTests(BookwormTraceLab lab, ITestOutputHelper output)
    : TraceTests(lab, rounds: 12, output), IClassFixture<BookwormTraceLab>;

public sealed class SidLegacyTraceTests(SidLegacyTraceLab lab, ITestOutputHelper output)
    : TraceTests(lab, rounds: 6, output), IClassFixture<SidLegacyTraceLab>;
