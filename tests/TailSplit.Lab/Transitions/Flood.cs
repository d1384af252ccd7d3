using System.Globalization;

namespace TailSplit.Lab.Transitions;

/// <summary>
/// A container that sends to the internet from its first instant on: UDP and ICMP, both families, without pause.
/// </summary>
internal static class Flood
{
    // A name server's question is the one datagram that busybox sends by itself; it would wait 5 s for the answer.
    private static readonly string s_script =
        $"""
        for address in {Place.Internet.V4} {Place.Internet.V6}; do
            while :; do ping -i 0.02 $address >/dev/null 2>&1; sleep 0.02; done &
        done
        while :; do
            for address in {Place.Internet.V4} {Place.Internet.V6}; do timeout 1 nslookup x $address >/dev/null 2>&1 & done
            sleep 0.1
        done
        """;

    public static ContainerOptions In(string network) =>
        new() { Networks = [network], RestartPolicy = "always", Command = ["sh", "-c", s_script] };

    /// <summary>
    /// Waits until so many more packets came in by the bridge, so that zero elsewhere says something.
    /// </summary>
    public static async Task UntilSent(Lab lab, string bridge, int packets)
    {
        long goal = await Received(lab, bridge) + packets;
        await Wait.Until(
            async () => await Received(lab, bridge) >= goal, $"{packets} packets from {bridge}",
            TimeSpan.FromSeconds(20));
    }

    private static async Task<long> Received(Lab lab, string bridge)
    {
        await Task.Delay(50);
        return await Task.Run(() => lab.Host.Enter(() => Statistic(bridge)));
    }

    // /sys is the machine's own; this file is the thread's namespace's.
    private static long Statistic(string bridge) =>
        File.ReadLines("/proc/thread-self/net/dev")
            .Where(line => line.TrimStart().StartsWith($"{bridge}:", StringComparison.Ordinal))
            .Select(line => line.Split(':')[1].Split(' ', StringSplitOptions.RemoveEmptyEntries)[1])
            .Select(packets => long.Parse(packets, CultureInfo.InvariantCulture))
            .FirstOrDefault();
}
