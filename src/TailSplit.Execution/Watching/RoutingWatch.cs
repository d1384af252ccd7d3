using System.Threading.Channels;
using TailSplit.Core;
using TailSplit.Core.Model;
using TailSplit.Core.Rules;
using TailSplit.Execution.Hosts;
using TailSplit.Execution.Programs;

namespace TailSplit.Execution.Watching;

/// <summary>Changes of ip rules in both families, by <c>ip monitor rule</c>, and by reading what that missed.</summary>
/// <param name="runner">Reaches the host.</param>
/// <param name="signals">Where to tell.</param>
/// <param name="times">How often.</param>
internal sealed class RoutingWatch(IProgramRunner runner, ChannelWriter<WatchSignal> signals, WatchTimes times)
{
    private static readonly string s_own = $"proto {RoutingRule.Protocol}";

    // -N: numbers, since the protocol can have a name in /etc/iproute2. Needs no root (rtnetlink(7)).
    private readonly Follower _monitor = new(
        runner, signals, times, new EventProgram(
            "The monitor of ip rules",
            () => new ProgramCall("ip", "-N", "monitor", "rule"),
            Read,
            "meanwhile ip rules are read often"));

    public Task ListenAsync(CancellationToken cancellationToken) => _monitor.RunAsync(cancellationToken);

    public Task PollAsync(CancellationToken cancellationToken) =>
        new ChangePoll(signals, times, _monitor, WatchKind.RoutingChanged).RunAsync(
            ReadAsync, () => _monitor.IsRunning, looksFirst: false, cancellationToken);

    // A rule of TailSplit's that comes is good; one of another program may be Tailscale's, which decides where ours go.
    private static WatchSignal? Read(string line) =>
        line.StartsWith("Deleted", StringComparison.Ordinal)
            || (line.Length > 0 && !line.Contains(s_own, StringComparison.Ordinal))
            ? new WatchSignal(WatchKind.RoutingChanged)
            : null;

    private async Task<string> ReadAsync(CancellationToken cancellationToken)
    {
        string[] texts = await Task
            .WhenAll(HostReader.Families.Select(family => ReadAsync(family, cancellationToken)))
            .ConfigureAwait(false);
        return string.Concat(texts);
    }

    private async Task<string> ReadAsync(IpFamily family, CancellationToken cancellationToken)
    {
        ProgramCall call = new("ip", family.IpOption(), "-N", "-j", "rule", "show");
        ProgramResult result = await runner.RunAsync(call, cancellationToken).ConfigureAwait(false);
        return result.Succeeded
            ? result.Output
            : throw Failures.ReadFailed(call.ToString(), result.Complaint).ToException();
    }
}
