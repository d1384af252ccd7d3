using System.Collections.Immutable;
using System.Net;
using TailSplit.Core.Errors;
using TailSplit.Core.Model;
using TailSplit.Core.Probing;
using TailSplit.Execution.Probing;

namespace TailSplit.Tests.Fakes.Probing;

/// <summary>The wires of the fake host: what is sent is seen by the capture where a test says.</summary>
internal sealed class FakeProbeHost : IProbeHost
{
    private readonly List<CapturedProbe> _captured = [];

    public string? Refusal { get; set; }

    /// <summary>Processes whose network can be entered, with the bridge by which it comes into the host.</summary>
    public Dictionary<int, string> Processes { get; } = [];

    /// <summary>By bridge: the interface by which its packets leave; null where they are stopped.</summary>
    public Dictionary<string, string?> Ways { get; } = [];

    /// <summary>Whether the capture sees what leaves; what enters it sees in any case.</summary>
    public bool IsUnknown { get; set; }

    /// <summary>Bridges that nothing can be put on.</summary>
    public HashSet<string> Refusing { get; } = [];

    public long Lost { get; set; }

    /// <summary>Everything that was sent, with where from and how.</summary>
    public List<(string From, Probe Probe, int HopLimit, FwMark? Mark)> Sent { get; } = [];

    /// <summary>Networks and captures that were opened, and are not closed yet.</summary>
    public int Open { get; private set; }

    /// <summary>Completed once the capture is asked, so that a test can stop the cmdlet meanwhile.</summary>
    public TaskCompletionSource Watching { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public List<(string Bridge, string Addresses)> Attached { get; } = [];

    public IPacketCapture StartCapture() => new Capture(this);

    public IProbeSpace OpenHost() => new Space(this, null);

    public IProbeSpace? TryOpenProcess(int processId) =>
        Processes.TryGetValue(processId, out string? bridge) ? new Space(this, bridge) : null;

    public Task<IProbeSpace> AttachAsync(
        InterfaceName bridge,
        ImmutableArray<(IPAddress Address, int PrefixLength)> addresses,
        ImmutableArray<IPAddress> targets,
        CancellationToken cancellationToken)
    {
        if (Refusing.Contains(bridge.ToString()))
            throw Failures.ProbeFailed("ip link", "RTNETLINK answers: Operation not supported").ToException();

        Attached.Add(
            (bridge.ToString(), string.Join(", ", addresses.Select(own => $"{own.Address}/{own.PrefixLength}"))));
        return Task.FromResult<IProbeSpace>(new Space(this, bridge.ToString()));
    }

    private sealed class Capture : IPacketCapture
    {
        private readonly FakeProbeHost _host;

        public Capture(FakeProbeHost host)
        {
            _host = host;
            _host.Open++;
        }

        public ImmutableArray<CapturedProbe> CapturedProbes
        {
            get
            {
                _host.Watching.TrySetResult();
                return [.. _host._captured.Where(probe => !(probe.IsLeaving && _host.IsUnknown))];
            }
        }

        public long Lost => _host.Lost;

        public void Dispose() => _host.Open--;
    }

    private sealed class Space : IProbeSpace
    {
        private readonly FakeProbeHost _host;
        private readonly string? _bridge;

        public Space(FakeProbeHost host, string? bridge)
        {
            (_host, _bridge) = (host, bridge);
            _host.Open += bridge is null ? 0 : 1;
        }

        public ImmutableArray<SentProbe> Send(IEnumerable<Probe> probes, int hopLimit, FwMark? mark = null) =>
            [.. probes.Select(probe => Send(probe, hopLimit, mark))];

        public ValueTask DisposeAsync()
        {
            _host.Open--;
            return ValueTask.CompletedTask;
        }

        // The host itself has an exit node; with the escape mark it goes by the ISP.
        private SentProbe Send(Probe probe, int hopLimit, FwMark? mark)
        {
            _host.Sent.Add((_bridge ?? "host", probe, hopLimit, mark));
            if (_bridge is not null)
                _host._captured.Add(new CapturedProbe(probe.Mark, _bridge, IsLeaving: false));

            string? way =
                _bridge is null ? mark is null ? "tailscale0" : "eth0" : _host.Ways.GetValueOrDefault(_bridge);
            if (way is not null)
                _host._captured.Add(new CapturedProbe(probe.Mark, way, IsLeaving: true));

            return new SentProbe(probe);
        }
    }
}
