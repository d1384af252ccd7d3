using TailSplit.Execution.Files;
using TailSplit.Execution.Probing;
using TailSplit.Execution.Programs;
using TailSplit.Execution.Watching;

namespace TailSplit;

/// <summary>
/// By what the cmdlets reach the host. Tests put a host of their own here, for the flow of their own test only.
/// </summary>
internal static class HostAccess
{
    private static readonly AsyncLocal<IProgramRunner?> s_substitute = new();
    private static readonly AsyncLocal<WatchTimes?> s_times = new();

    public static IProgramRunner? Substitute
    {
        get => s_substitute.Value;
        set => s_substitute.Value = value;
    }

    /// <summary>The files of the host that is substituted, or of this machine.</summary>
    public static IHostFiles Files => Substitute as IHostFiles ?? new HostFiles();

    /// <summary>How patient a watcher is; tests are less so.</summary>
    public static WatchTimes WatchTimes => s_times.Value ?? new WatchTimes();

    public static WatchTimes? SubstituteTimes
    {
        set => s_times.Value = value;
    }

    public static IProgramRunner Open(Action<string> log) => Substitute ?? new ProgramRunner(log);

    /// <summary>What sends packets: never the machine itself where the host is a substitute.</summary>
    public static IProbeGround OpenGround(IProgramRunner runner) =>
        Substitute is null ? new ProbeGround(runner) : (IProbeGround)Substitute;
}
