using TailSplit.Core.Diagnosis;
using TailSplit.Core.Model;

namespace TailSplit.Core.Probing;

/// <summary>The result of comparing what was captured with the expectation: a status, and a clause as reason.</summary>
public sealed record ProbeVerdict(CheckStatus Status, string Reason)
{
    public static ProbeVerdict Of(ProbeExpectation wanted, Egress? seen, HostControl host) => seen switch
    {
        null => new(CheckStatus.Skipped, "so nothing is proved"),
        Egress.Direct => OfDirect(wanted, host),
        Egress.Tunnel => OfTunnel(wanted, host),
        Egress.Blocked => OfBlocked(wanted, host),
        _ => throw new ArgumentOutOfRangeException(nameof(seen)),
    };

    private static ProbeVerdict OfDirect(ProbeExpectation wanted, HostControl host) => wanted switch
    {
        ProbeExpectation.TunnelOnly => new(CheckStatus.Fail, "outside the killswitch"),
        ProbeExpectation.Open => new(CheckStatus.Pass, "as -AllowDestination allows"),
        ProbeExpectation.PastTunnel => new(CheckStatus.Pass, "as a bypass should"),
        ProbeExpectation.AsHost when host.OwnWay == Egress.Tunnel => new(
            CheckStatus.Fail, "although it is in -Exclude and the host itself sends it into the tunnel"),
        ProbeExpectation.AsHost => new(CheckStatus.Pass, "as from the host itself"),
        ProbeExpectation.Tailnet => new(CheckStatus.Fail, "although the target is in the tailnet"),
        _ => throw new ArgumentOutOfRangeException(nameof(wanted)),
    };

    private static ProbeVerdict OfTunnel(ProbeExpectation wanted, HostControl host) => wanted switch
    {
        ProbeExpectation.TunnelOnly => new(CheckStatus.Pass, "as a killswitch should"),
        ProbeExpectation.Open => new(CheckStatus.Pass, "which -AllowDestination also allows"),
        ProbeExpectation.PastTunnel => new(CheckStatus.Fail, "although the network has a bypass"),
        ProbeExpectation.AsHost when host.OwnWay == Egress.Direct => new(
            CheckStatus.Fail, "although it is in -Exclude and the host itself sends it outside the tunnel"),
        ProbeExpectation.AsHost => new(CheckStatus.Pass, "as from the host itself"),
        ProbeExpectation.Tailnet => new(CheckStatus.Pass, "as traffic to the tailnet should"),
        _ => throw new ArgumentOutOfRangeException(nameof(wanted)),
    };

    // A missing packet is evidence only if the control was captured.
    private static ProbeVerdict OfBlocked(ProbeExpectation wanted, HostControl host) =>
        (wanted, host.Direct, host.OwnWay) switch
        {
            (_, DirectWay.Unseen, _) => new(
                CheckStatus.Skipped, "but the host's own packet was not seen either, so nothing is proved"),
            (ProbeExpectation.TunnelOnly, _, Egress.Tunnel) => new(
                CheckStatus.Warn,
                "although the host itself reaches the target by the tunnel: nothing leaks, but nothing arrives"),
            (ProbeExpectation.TunnelOnly, _, _) => new(
                CheckStatus.Pass, "as a killswitch should while the tunnel has no route there"),
            (ProbeExpectation.Tailnet or ProbeExpectation.AsHost, _, Egress.Tunnel) => new(
                CheckStatus.Fail, "although the host itself sends it into the tunnel"),
            (ProbeExpectation.Tailnet, _, _) => new(
                CheckStatus.Pass, "since the host has no route there by the tunnel either"),
            (_, DirectWay.None, _) => new(
                CheckStatus.Skipped, "but the host has no route there outside the tunnel either"),
            (ProbeExpectation.PastTunnel, _, _) => new(
                CheckStatus.Fail, "although the host itself has a route there outside the tunnel"),
            (ProbeExpectation.Open, _, _) => new(CheckStatus.Fail, "although -AllowDestination allows it"),
            (ProbeExpectation.AsHost, _, _) => new(CheckStatus.Fail, "although the host itself has a route there"),
            _ => throw new ArgumentOutOfRangeException(nameof(wanted)),
        };
}
