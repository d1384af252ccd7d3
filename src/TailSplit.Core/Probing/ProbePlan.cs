using System.Collections.Immutable;
using System.Net;

namespace TailSplit.Core.Probing;

/// <summary>The probes to each target: ICMP, and TCP and UDP to two ports.</summary>
/// <param name="random">Returns an unpredictable number.</param>
public sealed class ProbePlan(Func<uint> random)
{
    /// <summary>
    /// DNS, which most often leaves by another interface than other traffic, and HTTPS.
    /// </summary>
    public static ImmutableArray<int> Ports { get; } = [53, 443];

    private readonly HashSet<uint> _given = [];

    public ImmutableArray<Probe> For(IEnumerable<IPAddress> targets) => [.. targets.SelectMany(For)];

    private IEnumerable<Probe> For(IPAddress target)
    {
        yield return New(target, ProbeProtocol.Icmp, 0);
        foreach (ProbeProtocol protocol in (ProbeProtocol[])[ProbeProtocol.Tcp, ProbeProtocol.Udp])
        {
            foreach (int port in Ports)
                yield return New(target, protocol, port);
        }
    }

    private Probe New(IPAddress target, ProbeProtocol protocol, int port)
    {
        uint value = random();
        while (!_given.Add(value))
            value++;

        return new Probe(target, protocol, port, new ProbeMark(protocol, value));
    }
}
