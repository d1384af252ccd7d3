using System.Net;

namespace TailSplit.Lab.Tracing;

/// <summary>What traces say of packets, held against what becomes of them.</summary>
/// <param name="lab">The lab.</param>
/// <param name="reading">What is asked for the traces; null for Trace-TailSplitPacket.</param>
internal sealed class TraceComparison(TraceLab lab, HostReading? reading = null)
{
    private static readonly string[] s_protocols = ["Tcp", "Udp", "Icmp"];

    private static readonly Place[] s_places =
    [
        Place.Internet, Place.Tailnet, Place.MagicDns, Place.SubnetRoute, Place.Lan, Place.HostWan, Place.HostLan,
        Place.HostTailnet,
    ];

    /// <summary>How many packets a rule of nft's own decided about, as their traces say.</summary>
    public int NativeDecisions { get; private set; }

    /// <summary>
    /// Sends from every network to everywhere by every protocol, and asks for the trace of each packet.
    /// </summary>
    public async Task<Dictionary<string, string>> Run(int firstPort, IReadOnlyList<string> story)
    {
        (Dictionary<string, string> verdicts, IReadOnlyList<string> wrong) = await Compare(firstPort);
        Assert.True(
            wrong.Count == 0,
            $"{wrong.Count} of {verdicts.Count}:\n{string.Join('\n', wrong.Take(12))}\n{string.Join('\n', story)}");
        return verdicts;
    }

    /// <summary>The same; the differences are the caller's to judge.</summary>
    public async Task<(Dictionary<string, string> Verdicts, IReadOnlyList<string> Wrong)> Compare(int firstPort)
    {
        foreach (SeenPackets sightings in lab.SeenPackets)
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

        IReadOnlyDictionary<string, string[]> traces = await Traces(script, sent);
        HashSet<string>[] seen = await Task.WhenAll(lab.SeenPackets.Select(sightings => sightings.Take()));
        Dictionary<string, string> verdicts = [];
        List<string> wrong = [];
        foreach ((string network, string protocol, int port, IPAddress to) in sent)
        {
            string key = SeenPackets.Key(to, protocol.ToLowerInvariant(), port);
            string[] truth = [.. lab.SeenPackets
                .Where((_, place) => seen[place].Contains(key))
                .Select(sightings => sightings.VerdictOn(network))
                .Distinct()];
            string packet = $"{network} {protocol} {to}";
            verdicts[packet] = truth.Length == 0 ? "Blocked" : string.Join(" and ", truth);
            string[] trace = traces[packet];
            NativeDecisions += trace[3].StartsWith("nft ", StringComparison.Ordinal) ? 1 : 0;
            if (trace[1] != verdicts[packet] || trace[2].Length > 0)
            {
                wrong.Add($"{packet} ({port}): was {verdicts[packet]}, traced as {trace[1]} ({trace[2]}): {trace[3]}");
            }
        }

        return (verdicts, wrong);
    }

    private async Task<IReadOnlyDictionary<string, string[]>> Traces(
        List<string> script, List<(string Network, string Protocol, int Port, IPAddress To)> sent)
    {
        if (reading is null)
        {
            return (await lab.Run(string.Join('\n', script)))
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => line.Split('=', 4))
                .ToDictionary(parts => parts[0]);
        }

        await reading.Take(sent);
        return reading.Traces;
    }
}
