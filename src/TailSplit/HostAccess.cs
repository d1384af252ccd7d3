using TailSplit.Execution;
using TailSplit.Execution.Probing;
using TailSplit.Execution.Watching;

namespace TailSplit;

/// <summary>
/// Gives cmdlets access to the host. A test can substitute a fake host, which applies only to its own execution
/// context.
/// </summary>
internal static class HostAccess
{
    private static readonly AsyncLocal<Machine?> s_substitute = new();
    private static readonly AsyncLocal<WatchTimes?> s_times = new();

    public static Machine? Substitute
    {
        get => s_substitute.Value;
        set => s_substitute.Value = value;
    }

    /// <summary>The intervals of a watcher; tests use shorter ones.</summary>
    public static WatchTimes WatchTimes => s_times.Value ?? new WatchTimes();

    public static WatchTimes? SubstituteTimes
    {
        set => s_times.Value = value;
    }

    public static Machine Open(Action<string> log) => Substitute ?? Machine.OfThisProcess(log);

    /// <summary>Sends and captures packets. A substitute never sends packets from this machine.</summary>
    public static IProbeGround OpenGround(Machine machine) =>
        Substitute is null ? new ProbeGround(machine) : (IProbeGround)Substitute.Programs;
}
