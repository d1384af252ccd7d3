using System.Threading.Channels;
using TailSplit.Core.Errors;
using TailSplit.Core.Model;
using TailSplit.Core.Rules;
using TailSplit.Execution.Programs;

namespace TailSplit.Execution.Watching;

/// <summary>Reports changes of ip rules in both families: by <c>ip monitor rule</c>, and by polling.</summary>
/// <param name="machine">Reaches the host.</param>
/// <param name="signals">Receives a signal for each change.</param>
/// <param name="times">The intervals.</param>
internal sealed class RoutingWatch(Machine machine, ChannelWriter<WatchSignal> signals, WatchTimes times)
{
    private static readonly string s_own = $"proto {RoutingRule.Protocol}";

    // -N prints numbers, since the protocol can have a name in /etc/iproute2. It needs no root (rtnetlink(7)).
    private readonly RestartingMonitor _monitor = new(
        machine.Programs, signals, times, new EventProgram(
            "The monitor of ip rules",
            () => new ProgramCall("ip", "-N", "monitor", "rule"),
            Read,
            "it polls the ip rules every second"));

    public Task ListenAsync(CancellationToken cancellationToken) => _monitor.RunAsync(cancellationToken);

    public Task PollAsync(CancellationToken cancellationToken) =>
        new ChangePoll(signals, times, _monitor, WatchKind.RoutingChanged).RunAsync(
            ReadAsync, () => _monitor.IsRunning, looksFirst: false, cancellationToken);

    // A new rule of TailSplit needs no repair. One of another program may be Tailscale's, whose preference decides
    // where TailSplit's rules go.
    private static WatchSignal? Read(string line) =>
        line.StartsWith("Deleted", StringComparison.Ordinal)
            || (line.Length > 0 && !line.Contains(s_own, StringComparison.Ordinal))
            ? new WatchSignal(WatchKind.RoutingChanged)
            : null;

    private async Task<string> ReadAsync(CancellationToken cancellationToken)
    {
        string[] texts = await Task
            .WhenAll(machine.Families.Select(family => ReadAsync(family, cancellationToken)))
            .ConfigureAwait(false);
        return string.Concat(texts);
    }

    private async Task<string> ReadAsync(IpFamily family, CancellationToken cancellationToken)
    {
        ProgramCall call = new("ip", family.IpOption(), "-N", "-j", "rule", "show");
        ProgramResult result = await machine.Programs.RunAsync(call, cancellationToken).ConfigureAwait(false);
        return result.Succeeded
            ? result.Output
            : throw Failures.ReadFailed(call.ToString(), result.Complaint).ToException();
    }
}
