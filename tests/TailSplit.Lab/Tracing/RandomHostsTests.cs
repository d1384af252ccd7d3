using System.Diagnostics;
using System.Globalization;
using System.Net;

namespace TailSplit.Lab.Tracing;

/// <summary>
/// On many hosts that chance picks, packets go where their traces say, and a proved killswitch lets no class of packets
/// out in clear.
/// </summary>
public sealed class RandomHostsTests(RandomHostsLab lab, ITestOutputHelper output) : IClassFixture<RandomHostsLab>
{
    private const int FirstPort = 20000;

    // The same hosts each time, so that a failure is the change's; others are picked by the variables.
    private const int Seed = 20261126;
    private const int Hosts = 300;

    // A single host need not have every verdict.
    private const int EnoughForTotals = 50;

    /// <summary>
    /// The control: what leaves in clear is seen, by every protocol, from a foreign address, and of a connection that exists.
    /// </summary>
    [Fact]
    public async Task A_flood_from_a_network_without_a_policy_is_seen_in_clear()
    {
        await lab.Remove();
        lab.Lab.SetRpFilter(2);
        await lab.Lab.Tailscale.Set(new(ExitNode: false));
        foreach (IPAddress own in lab.Plain.Addresses)
        {
            IPAddress to = Place.Internet.At(own.AddressFamily);
            ClassPacket[] classes =
            [
                new("plain", own, to, "Tcp", 443), new("plain", own, to, "Udp", 53), new("plain", own, to, "Icmp", 0),
                new("plain", Place.Lan.At(own.AddressFamily), to, "Udp", 40_404),
                new("plain", own, to, "Other", 0) { OtherProtocol = 47 },
                new("plain", Place.Lan.At(own.AddressFamily), to, "Other", 0) { OtherProtocol = 253 },
                new("plain", own, to, "Udp", 40_405) { IsEstablished = true },
                new("plain", own, to, "Udp", 40_406) { IsEstablished = true, IsAnswer = true },
            ];
            Assert.Equal(classes.Length, (await new ClassFlood(lab).Leaks(classes)).Count);
        }
    }

    [Fact]
    public async Task Packets_go_where_their_traces_say_and_a_proved_killswitch_leaks_nothing()
    {
        int seed = Given("TAILSPLIT_LAB_SEED", Seed);
        int hosts = Given("TAILSPLIT_LAB_HOSTS", Hosts);
        output.WriteLine($"TAILSPLIT_LAB_SEED={seed} TAILSPLIT_LAB_HOSTS={hosts}");
        HostReading reading = new(lab);
        TraceComparison comparison = new(lab, reading);
        ClassFlood flood = new(lab);
        Dictionary<string, int> verdicts = [];
        (int killswitches, int proved) = (0, 0);
        List<string> wrong = [];
        Stopwatch clock = Stopwatch.StartNew();
        for (int round = 0; round < hosts; round++)
        {
            // A seed of its own for each host, so that one can be picked alone.
            RandomHost host = new(lab, new Random(HashOf(seed + round))) { NativeTables = 1, UsesNftables = true };
            host.Story.Add($"TAILSPLIT_LAB_SEED={seed + round} TAILSPLIT_LAB_HOSTS=1");
            int firstPort = FirstPort + (round % 1000 * 20);
            try
            {
                await host.Apply(firstPort);
                (Dictionary<string, string> seen, IReadOnlyList<string> differences) = await comparison.Compare(firstPort);
                foreach (string kind in seen.Values.Select(verdict => verdict.Split(' ')[0]))
                    verdicts[kind] = verdicts.GetValueOrDefault(kind) + 1;

                killswitches += reading.Proofs.Count;
                proved += reading.Proofs.Count(proof => proof.IsProved);
                foreach ((string Policy, bool IsProved, string Why) open in reading.Proofs.Where(proof => !proof.IsProved))
                    output.WriteLine($"host {seed + round}, {open.Policy} is not proved: {open.Why}");

                string[] faults = [.. differences, .. (await flood.Leaks(reading.Classes)).Select(leak => $"leak of {leak}")];
                if (faults.Length > 0)
                    wrong.Add($"{string.Join('\n', faults.Take(6))}\n{string.Join('\n', host.Story)}");
            }
            finally
            {
                await host.Undo();
            }
        }

        output.WriteLine(
            $"{clock.Elapsed.TotalSeconds / hosts:0.00} s a host; {string.Join(", ", verdicts)}, by native rules " +
            $"{comparison.NativeDecisions}; {proved} of {killswitches} killswitches proved, flooded with {flood.Sent} classes");
        Assert.True(wrong.Count == 0, $"{wrong.Count} of {hosts} hosts:\n{string.Join("\n\n", wrong.Take(4))}");
        if (hosts < EnoughForTotals)
            return;

        Assert.True(proved > hosts / 4, $"{proved} of {killswitches}");
        Assert.True(flood.Sent > proved * 20);
        Assert.All(
            (string[])["Direct", "Tunnel", "Blocked", "Stays", "Delivered"],
            kind => Assert.True(verdicts.GetValueOrDefault(kind) > hosts, kind));
    }

    // Random gives neighbouring seeds nearly the same first numbers (Knuth, Fibonacci hashing).
    private static int HashOf(int seed) => unchecked((int)((uint)seed * 2654435769u) >> 1);

    private static int Given(string variable, int usual) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out int given) ? given : usual;
}

/// <summary>Without docker-proxy, which connects to other networks by itself, from the host.</summary>
public sealed class RandomHostsLab() : TraceLab(new() { Docker = new() { UserlandProxy = false } });
