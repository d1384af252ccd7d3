using System.Collections.Immutable;
using System.Net;
using TailSplit.Core.Model;
using TailSplit.Core.Probing;
using TailSplit.Tests.Core.Generators;
using Xunit;

namespace TailSplit.Tests.Core.Probing;

public sealed class ProbeEvidenceTests
{
    private const string Bridge = "br-torrents";

    private static readonly IPAddress s_target = IPAddress.Parse("198.51.100.10");
    private static readonly Policy s_policy = Samples.Killswitch(
        "torrents", Samples.Network("torrents", Bridge, "172.20.0.0/16"));

    private readonly ImmutableArray<Probe> _probes;
    private readonly ImmutableArray<Probe> _ordinary;
    private readonly ImmutableArray<Probe> _marked;
    private readonly List<CapturedProbe> _captured = [];

    public ProbeEvidenceTests()
    {
        uint next = 0;
        ProbePlan plan = new(() => next++);
        _probes = plan.For([s_target]);
        _ordinary = plan.For([s_target]);
        _marked = plan.For([s_target]);
    }

    [Fact]
    public void Probes_with_the_same_result_are_one_finding()
    {
        Enter(_probes);
        Leave("tailscale0", _probes);

        ProbeFinding finding = Assert.Single(Findings());

        Assert.Equal(Egress.Tunnel, finding.Egress);
        Assert.Equal(["ICMP", "TCP 53/443", "UDP 53/443"], finding.Services);
        Assert.Equal(["tailscale0"], finding.Interfaces);
    }

    [Fact]
    public void One_port_that_goes_another_way_stands_out()
    {
        Enter(_probes);
        Leave("eth0", [.. _probes.Where(IsDns)]);
        Leave("tailscale0", [.. _probes.Where(probe => !IsDns(probe))]);

        ProbeFinding leak = Assert.Single(Findings(), finding => finding.Egress == Egress.Direct);

        Assert.Equal(["UDP 53"], leak.Services);
        Assert.Equal(["eth0"], leak.Interfaces);

        static bool IsDns(Probe probe) => probe is { Protocol: ProbeProtocol.Udp, Port: 53 };
    }

    [Fact]
    public void A_probe_that_leaves_by_the_tunnel_and_in_clear_has_leaked()
    {
        Enter(_probes);
        Leave("tailscale0", _probes);
        Leave("eth0", _probes);

        ProbeFinding finding = Assert.Single(Findings());

        Assert.Equal(Egress.Direct, finding.Egress);
        Assert.Equal(["eth0"], finding.Interfaces);
    }

    [Fact]
    public void A_probe_that_enters_and_does_not_leave_is_blocked()
    {
        Enter(_probes);
        // Another port of the bridge is no way out, nor is the host itself.
        Leave(Bridge, _probes);
        Leave("lo", _probes);

        Assert.Equal(Egress.Blocked, Assert.Single(Findings()).Egress);
    }

    [Fact]
    public void A_probe_that_was_not_captured_has_no_result() => Assert.Null(Assert.Single(Findings()).Egress);

    [Fact]
    public void A_way_by_another_bridge_is_named()
    {
        foreach (string name in (string[])["veth1", "br-plain"])
            _captured.AddRange(_probes.Select(probe => new CapturedProbe(probe.Mark, name, IsLeaving: false)));

        Leave("eth0", _probes);

        Assert.Equal("br-plain", Assert.Single(Findings()).Detour);
    }

    [Fact]
    public void A_control_that_left_is_a_control()
    {
        Enter(_probes);
        Leave("tailscale0", _ordinary);
        Leave("eth0", _marked);

        Assert.Equal(new HostControl(Egress.Tunnel, DirectWay.Seen), Assert.Single(Findings()).Host);
    }

    [Fact]
    public void A_control_without_a_route_is_one_where_the_capture_sees_the_other()
    {
        Enter(_probes);
        Assert.Equal(DirectWay.Unseen, Assert.Single(Findings(noRoute: true)).Host.Direct);

        Leave("tailscale0", _ordinary);
        Assert.Equal(DirectWay.None, Assert.Single(Findings(noRoute: true)).Host.Direct);
    }

    [Fact]
    public void A_control_that_a_rule_blocks_proves_nothing()
    {
        Enter(_probes);
        Leave("tailscale0", _ordinary);

        Assert.Equal(DirectWay.Unseen, Assert.Single(Findings(forbidden: true)).Host.Direct);
    }

    private void Enter(ImmutableArray<Probe> probes) => _captured.AddRange(
        probes.SelectMany(
            probe =>
                (CapturedProbe[])[new(probe.Mark, "veth1", IsLeaving: false), new(probe.Mark, Bridge, IsLeaving: false)]));

    private void Leave(string name, ImmutableArray<Probe> probes) =>
        _captured.AddRange(probes.Select(probe => new CapturedProbe(probe.Mark, name, IsLeaving: true)));

    private ImmutableArray<ProbeFinding> Findings(bool noRoute = false, bool forbidden = false) =>
    [
        .. new ProbeEvidence
        {
            Networks = [new NetworkEvidence(
                s_policy, InterfaceName.Parse(Bridge), "box", [.. _probes.Select(probe => new SentProbe(probe))])],
            Ordinary = [.. _ordinary.Select(probe => new SentProbe(probe))],
            Marked = [.. _marked.Select(probe => new SentProbe(probe, noRoute || forbidden ? "No." : null, noRoute))],
            CapturedProbes = [.. _captured],
        }.Findings,
    ];
}
