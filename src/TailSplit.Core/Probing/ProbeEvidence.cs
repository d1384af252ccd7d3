using System.Collections.Immutable;
using System.Net;
using TailSplit.Core.Model;

namespace TailSplit.Core.Probing;

/// <summary>All packets that were sent at one time, and what one capture saw of them.</summary>
public sealed record ProbeEvidence
{
    public required ImmutableArray<NetworkEvidence> Networks { get; init; }

    /// <summary>The host's own ordinary packets.</summary>
    public required ImmutableArray<SentProbe> Ordinary { get; init; }

    /// <summary>The host's own packets with Tailscale's escape mark.</summary>
    public required ImmutableArray<SentProbe> Marked { get; init; }

    public required ImmutableArray<CapturedProbe> CapturedProbes { get; init; }

    /// <summary>Packets that the capture lost.</summary>
    public long Lost { get; init; }

    /// <summary>The findings: for each network and target, services with the same result together.</summary>
    public IEnumerable<ProbeFinding> Findings => Networks.SelectMany(FindingsOf);

    private IEnumerable<ProbeFinding> FindingsOf(NetworkEvidence network)
    {
        InterfaceName tunnel = network.Policy.Tunnel;
        ProbePath[] ordinary = Paths(Ordinary);
        ProbePath[] marked = Paths(Marked);
        bool captureSees = ordinary.Concat(marked).Any(path => path.Left.Length > 0);
        return
            from path in Paths(network.Sent)
            let egress = path.EgressBy(tunnel)
            let way = string.Join(", ", path.WayBy(tunnel))
            let detour = egress is null || path.Entered.Contains(network.Bridge.ToString())
                ? null
                : path.Entered.LastOrDefault()
            group path by (path.Probe.Target, egress, way, path.Sent.Error, detour) into alike
            select new ProbeFinding
            {
                Policy = network.Policy,
                Target = alike.Key.Target,
                Bridge = network.Bridge,
                Container = network.Container,
                Services = [.. alike
                    .GroupBy(path => path.Probe.Protocol, path => path.Probe.Port)
                    .Select(ports => NameOf(ports.Key, ports))],
                Egress = alike.Key.egress,
                Interfaces = alike.First().WayBy(tunnel),
                Error = alike.Key.Error,
                Detour = alike.Key.detour,
                Host = HostControl.Of(
                    To(ordinary, alike.Key.Target), To(marked, alike.Key.Target), tunnel, captureSees),
            };
    }

    private static string NameOf(ProbeProtocol protocol, IEnumerable<int> ports) =>
        protocol == ProbeProtocol.Icmp ? "ICMP" : $"{protocol.ToString().ToUpperInvariant()} {string.Join('/', ports)}";

    private ProbePath[] Paths(ImmutableArray<SentProbe> sent) =>
        [.. sent.Select(one => ProbePath.Of(one, CapturedProbes))];

    private static ProbePath[] To(IEnumerable<ProbePath> paths, IPAddress target) =>
        [.. paths.Where(path => path.Probe.Target.Equals(target))];
}
