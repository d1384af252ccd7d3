using TailSplit.Execution;
using TailSplit.Execution.Probing;

namespace TailSplit;

/// <summary>
/// Gives cmdlets access to the host. A test can substitute a fake host, which applies only to its own execution
/// context.
/// </summary>
internal static class HostAccess
{
    private static readonly AsyncLocal<Machine?> s_substitute = new();

    public static Machine? Substitute
    {
        get => s_substitute.Value;
        set => s_substitute.Value = value;
    }

    public static Machine Open(Action<string> log) => Substitute ?? Machine.OfThisProcess(log);

    /// <summary>Sends and captures packets. A substitute never sends packets from this machine.</summary>
    public static IProbeHost OpenProbeHost(Machine machine) =>
        Substitute is null ? new ProbeHost(machine) : (IProbeHost)Substitute.Programs;
}
