using System.Collections.Immutable;
using System.Net;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using TailSplit.Core;
using TailSplit.Core.Errors;
using TailSplit.Core.Model;
using TailSplit.Core.Trust;
using TailSplit.Execution;
using TailSplit.Execution.Files;
using TailSplit.Execution.Probing;
using TailSplit.Execution.Programs;
using TailSplit.Tests.Fakes.Docker;
using TailSplit.Tests.Fakes.Netfilter;
using TailSplit.Tests.Fakes.Podman;
using TailSplit.Tests.Fakes.Probing;
using TailSplit.Tests.Fakes.Routing;

namespace TailSplit.Tests.Fakes;

/// <summary>
/// A whole host in memory: a kernel with firewall, policy routing and connections, a Docker daemon, and the programs by
/// which they are reached. It parses what it is given, and is as strict as the real tools.
/// </summary>
internal sealed class FakeHost : IProgramRunner, IHostFiles, IProbeHost
{
    private readonly Lock _gate = new();
    private readonly List<FakeCall> _calls = [];

    public FakeHost()
    {
        Machine = new Machine(this, this) { IsRoot = true, RuntimeFolder = FakeRuntimeFolder.Next() };
        Files["/proc/self/net/if_inet6"] = "";
    }

    /// <summary>How TailSplit reaches this host; by itself as root.</summary>
    public Machine Machine { get; private set; }

    public FakeFirewall Firewall { get; } = new();

    public FakeNft Nft { get; } = new();

    public FakeRoutes Routes { get; } = new();

    public FakeDocker Docker { get; } = new();

    public FakePodman Podman { get; } = new();

    public FakeTailscale Tailscale { get; } = new();

    public FakeFiles Files { get; } = new();

    public FakeConntrack Conntrack { get; } = new();

    public FakeProbeHost Wires { get; } = new();

    public FakeSystemd Systemd { get; } = new();

    /// <summary>What tells of changes.</summary>
    public FakeFollow Follow { get; } = new();

    /// <summary>Programs that are not installed.</summary>
    public HashSet<string> Missing { get; } = new(StringComparer.Ordinal);

    /// <summary>Whether this user is not root and sudo says no.</summary>
    public bool RefusesRoot
    {
        get => !Machine.IsRoot;
        set => Machine = Machine with { IsRoot = !value };
    }

    public List<Fault> Faults { get; } = [];

    public List<Intruder> Intruders { get; } = [];

    /// <summary>How long a program takes; by itself no time at all.</summary>
    public Func<ProgramCall, TimeSpan> Duration { get; set; } = _ => TimeSpan.Zero;

    /// <summary>Every program that was run until now, in order.</summary>
    public IReadOnlyList<FakeCall> Calls
    {
        get
        {
            lock (_gate)
                return [.. _calls];
        }
    }

    /// <summary>How many of them wrote.</summary>
    public int Writes => Calls.Count(call => call.IsWrite);

    /// <summary>How long a program may run, as the real runner limits it; as a rule for good.</summary>
    public TimeSpan Limit { get; set; } = Timeout.InfiniteTimeSpan;

    /// <summary>Completed once a program hangs.</summary>
    public TaskCompletionSource Hanging { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Every rule of the host as bytes to compare, without counters.</summary>
    public string Rules
    {
        get
        {
            lock (_gate)
                return Firewall.Save(counters: false) + Routes.Save();
        }
    }

    string? IProbeHost.Refusal => Wires.Refusal;

    public void Forget()
    {
        lock (_gate)
            _calls.Clear();
    }

    /// <summary>Somebody changes something while others are at work.</summary>
    public void Do(Action<FakeHost> change)
    {
        lock (_gate)
            change(this);
    }

    /// <summary>How often a program was run, while others are at work.</summary>
    public int Count(string call)
    {
        lock (_gate)
            return _calls.Count(made => made.ToString() == call);
    }

    IPacketCapture IProbeHost.StartCapture() => Wires.StartCapture();

    IProbeSpace IProbeHost.OpenHost() => Wires.OpenHost();

    IProbeSpace? IProbeHost.TryOpenProcess(int processId) => Wires.TryOpenProcess(processId);

    Task<IProbeSpace> IProbeHost.AttachAsync(
        InterfaceName bridge,
        ImmutableArray<(IPAddress Address, int PrefixLength)> addresses,
        ImmutableArray<IPAddress> targets,
        CancellationToken cancellationToken) => Wires.AttachAsync(bridge, addresses, targets, cancellationToken);

    public bool Exists(string path) => Files.Exists(path);

    public IReadOnlyList<string> List(string folder) => Files.List(folder);

    public string? Read(string path) => Files.Read(path);

    public FileTrust TrustOf(string path) => Files.TrustOf(path);

    public bool IsInstalled(string program) =>
        !Missing.Contains(program) && (program != "podman" || Podman.IsInstalled);

    /// <summary>The files behind the names of programs; unknown by itself.</summary>
    public Dictionary<string, string> ProgramFiles { get; } = new(StringComparer.Ordinal);

    public string? FileOf(string program) => ProgramFiles.GetValueOrDefault(program);

    public async Task<ProgramResult> RunAsync(ProgramCall call, CancellationToken cancellationToken)
    {
        if (Duration(call) is { Ticks: > 0 } duration)
            await Task.Delay(duration, cancellationToken).ConfigureAwait(false);

        return await AnswerAsync(call, cancellationToken).ConfigureAwait(false);
    }

    private Task<ProgramResult> AnswerAsync(ProgramCall call, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            Start(call);
            Fault? fault = Faults.FirstOrDefault(fault => fault.Strikes(call));
            if (fault is { Point: FaultPoint.Hang })
                return HangAsync(call, cancellationToken);

            ProgramResult result = Run(call, fault);
            _calls.Add(new FakeCall(call, result));
            foreach (Intruder intruder in Intruders.Where(intruder => intruder.Times > 0 && intruder.After(call)))
            {
                intruder.Times--;
                intruder.Act(this);
            }

            return Task.FromResult(result);
        }
    }

    /// <summary>The lock of another process: held at once, unless a fault says that somebody else has it.</summary>
    public Task<ProgramStart> HoldAsync(ProgramCall call, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            Start(call);
            bool busy = Faults.Exists(fault => fault.Strikes(call));
            ProgramResult result = new(busy ? 75 : 0, busy ? "" : "held\n", "");
            _calls.Add(new FakeCall(call, result));
            return Task.FromResult(busy ? new ProgramStart(null, result) : new ProgramStart(new HeldLock(), null));
        }
    }

    public async IAsyncEnumerable<string> FollowAsync(
        ProgramCall call, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ChannelReader<string> lines;
        lock (_gate)
        {
            Start(call);
            if (call.Program == "docker" && !Docker.IsRunning)
                throw Failures.FollowEnded(call.ToString(), "Cannot connect to the Docker daemon").ToException();

            lines = Follow.Start(call);
        }

        try
        {
            await foreach (string line in lines.ReadAllAsync(cancellationToken))
                yield return line;
        }
        finally
        {
            Follow.Stop(call);
        }
    }

    private void Start(ProgramCall call)
    {
        if (call.NeedsRoot && !SudoPrograms.Contains(call.Program))
            throw new InvalidOperationException($"'{call.Program}' is not among the programs that sudo must allow.");

        Failure? failure = !IsInstalled(call.Program)
            ? Failures.NotInstalled(call.Program, ProgramPackage.Of(call.Program))
            : call.NeedsRoot && RefusesRoot ? Failures.PermissionDenied($"'{call.Program}'") : null;
        if (failure is null)
            return;

        _calls.Add(new FakeCall(call, null));
        throw failure.ToException();
    }

    private ProgramResult Run(ProgramCall call, Fault? fault)
    {
        try
        {
            if (fault is { Point: FaultPoint.Before })
                throw new ToolFailure(fault.ExitCode, fault.Words);

            ProgramResult result = Work(call, fault is { Point: FaultPoint.Halfway });
            return fault is null ? result : throw new ToolFailure(fault.ExitCode, fault.Words);
        }
        catch (ToolFailure failure)
        {
            return fault is null ? failure.Result : new ProgramResult(fault.ExitCode, "", fault.Words + "\n");
        }
    }

    private ProgramResult Work(ProgramCall call, bool halfway) => call.Program switch
    {
        "ip" => new ProgramResult(0, Routes.Run(call, halfway), ""),
        "docker" => new ProgramResult(0, Docker.Run(call), ""),
        "podman" => new ProgramResult(0, Podman.Run(call), ""),
        "tailscale" => new ProgramResult(0, Tailscale.Run(call), ""),
        "conntrack" => Conntrack.Run(call),
        "systemctl" => Systemd.Run(call),
        "nft" when FakeNft.IsMine(call) => Nft.Run(call),
        "nft" => new ProgramResult(0, Firewall.RunNft(call), ""),
        string program when FakeFirewall.IsMine(program) => new ProgramResult(
            0, Firewall.Run(call, halfway), Firewall.WarningOf(call)),
        _ => throw new InvalidOperationException($"The fake host has no program '{call.Program}'."),
    };

    private async Task<ProgramResult> HangAsync(ProgramCall call, CancellationToken cancellationToken)
    {
        Hanging.TrySetResult();
        await Task.Delay(Limit, cancellationToken).ConfigureAwait(false);
        throw Failures.ProgramTimeout(call.Program, call.ToString(), Limit.TotalSeconds).ToException();
    }

    private sealed class HeldLock : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
