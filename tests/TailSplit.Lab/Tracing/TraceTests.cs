using System.Globalization;
using System.Net;

namespace TailSplit.Lab.Tracing;

/// <summary>What Trace-TailSplitPacket says of a packet is what becomes of it.</summary>
public abstract class TraceTests(TraceLab lab, int rounds, ITestOutputHelper output)
{
    private const int FirstPort = 20000;

    // The same hosts each time, so that a failure is the change's; others are picked by the variable.
    private const int Seed = 20261123;

    private static readonly string[] s_protocols = ["Tcp", "Udp", "Icmp"];

    private static readonly Place[] s_places =
    [
        Place.Internet, Place.Tailnet, Place.MagicDns, Place.SubnetRoute, Place.Lan, Place.HostWan, Place.HostLan,
        Place.HostTailnet,
    ];

    /// <summary>The control: where every way is known, packets are seen on every way, and the trace says so.</summary>
    [Fact]
    public async Task A_packet_goes_where_the_trace_says_on_a_host_without_policies()
    {
        await lab.Remove();
        lab.Lab.SetRpFilter(2);
        await lab.Lab.Tailscale.Set(new(ExitNode: false));
        Dictionary<string, string> seen = await Compare(FirstPort - 100, []);
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
                foreach (string verdict in (await Compare(firstPort, host.Story)).Values)
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

        output.WriteLine(string.Join(", ", verdicts));
        Assert.True(verdicts.Values.Sum() > 1000);
        Assert.All(
            (string[])["Direct", "Tunnel", "Blocked", "Stays", "Delivered"],
            kind => Assert.True(verdicts.GetValueOrDefault(kind) > 10, kind));
    }

    /// <summary>
    /// Sends from every network to everywhere by every protocol, and asks for the trace of each packet.
    /// </summary>
    private async Task<Dictionary<string, string>> Compare(int firstPort, IReadOnlyList<string> story)
    {
        foreach (Sightings sightings in lab.Sightings)
        {
            await sightings.Take();
        }

        List<(string Network, string Protocol, int Port, IPAddress To)> sent = [];
        using FirstPackets packets = new();
        List<string> script = [];
        foreach ((string network, Container sender) in lab.Senders)
        {
            IPAddress[] to = [
                .. s_places.SelectMany(place => (IPAddress[])[place.V4, place.V6]),
                .. ((Container[])[lab.Media, lab.Neighbour, lab.Torrents, lab.Plain])
                    .Where(one => one != sender).SelectMany(one => one.Addresses),
            ];
            foreach (string protocol in s_protocols)
            {
                int port = firstPort + sent.Select(one => one.Port).Distinct().Count();
                packets.Send(sender, protocol, port, to);
                sent.AddRange(to.Select(address => (network, protocol, port, address)));
                script.Add(
                    $"Trace-TailSplitPacket {network} -Protocol {protocol} " +
                    $"{(protocol == "Icmp" ? "" : $"-Port {port}")} " +
                    $"-Destination {string.Join(',', to.Select(address => $"'{address}'"))} -WarningAction Ignore | " +
                    "ForEach-Object { \"$($_.Network) $($_.Protocol) $($_.Destination)=$($_.Verdict)=$($_.Unsure)" +
                    "=$($_.Rule.CommandLine), kernel: $($_.Kernel)\" }");
            }
        }

        string[][] traced = [.. (await lab.Run(string.Join('\n', script)))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split('=', 4))];
        Dictionary<string, string[]> traces = traced.ToDictionary(parts => parts[0]);
        HashSet<string>[] seen = await Task.WhenAll(lab.Sightings.Select(sightings => sightings.Take()));
        Dictionary<string, string> verdicts = [];
        List<string> wrong = [];
        foreach ((string network, string protocol, int port, IPAddress to) in sent)
        {
            string key = Sightings.Key(to, protocol.ToLowerInvariant(), port);
            string[] truth = [.. lab.Sightings
                .Where((_, place) => seen[place].Contains(key))
                .Select(sightings => sightings.VerdictOn(network))
                .Distinct()];
            string packet = $"{network} {protocol} {to}";
            verdicts[packet] = truth.Length == 0 ? "Blocked" : string.Join(" and ", truth);
            string[] trace = traces[packet];
            if (trace[1] != verdicts[packet] || trace[2].Length > 0)
            {
                wrong.Add($"{packet} ({port}): was {verdicts[packet]}, traced as {trace[1]} ({trace[2]}): {trace[3]}");
            }
        }

        Assert.True(
            wrong.Count == 0,
            $"{wrong.Count} of {sent.Count}:\n{string.Join('\n', wrong.Take(12))}\n{string.Join('\n', story)}");
        return verdicts;
    }
}

public sealed class BookwormTraceTests(BookwormTraceLab lab, ITestOutputHelper output)
    : TraceTests(lab, rounds: 12, output), IClassFixture<BookwormTraceLab>;

public sealed class SidLegacyTraceTests(SidLegacyTraceLab lab, ITestOutputHelper output)
    : TraceTests(lab, rounds: 6, output), IClassFixture<SidLegacyTraceLab>;
