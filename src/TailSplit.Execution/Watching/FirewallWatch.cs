using System.Threading.Channels;
using TailSplit.Core.Hosts;
using TailSplit.Core.Iptables;
using TailSplit.Core.Model;
using TailSplit.Execution.Firewall;
using TailSplit.Execution.Programs;

namespace TailSplit.Execution.Watching;

/// <summary>
/// Reports changes of the firewall. x_tables sends no events, so its rules are polled every second. nf_tables sends
/// them: where <c>nft</c> is installed, each commit is seen at once, and polling finds what was missed.
/// </summary>
/// <param name="machine">Reaches the host.</param>
/// <param name="signals">Receives a signal for each change.</param>
/// <param name="times">The intervals.</param>
/// <param name="host">The host as last read.</param>
internal sealed class FirewallWatch(
    Machine machine, ChannelWriter<WatchSignal> signals, WatchTimes times, Func<Host?> host)
{
    private const string Monitor = Nftables.Program;

    private readonly Iptables _iptables = new(machine.Programs);
    private readonly Nftables _nftables = new(machine.Programs);
    private readonly RestartingMonitor _monitor = new(
        machine.Programs, signals, times, new EventProgram(
            "The monitor of nf_tables",
            () => new ProgramCall(Monitor, "monitor") { NeedsRoot = true },
            Read,
            "it polls the firewall every second"));

    public Task ListenAsync(CancellationToken cancellationToken) =>
        machine.Programs.IsInstalled(Monitor) ? _monitor.RunAsync(cancellationToken) : Task.CompletedTask;

    public Task PollAsync(CancellationToken cancellationToken) =>
        new ChangePoll(signals, times, _monitor, WatchKind.FirewallChanged).RunAsync(
            ReadAsync,
            () => _monitor.HasTold && host()?.Firewall.IsNfTables == true,
            looksFirst: true,
            cancellationToken);

    // nft monitor prints it after the lines of a commit: "# new generation 7 by process 4711 (iptables-nft)".
    private static WatchSignal? Read(string line) =>
        line.StartsWith("# new generation", StringComparison.Ordinal)
            ? new WatchSignal(WatchKind.FirewallChanged)
            : null;

    private async Task<string> ReadAsync(CancellationToken cancellationToken)
    {
        IEnumerable<IpFamily> families = host()?.Firewall.Backends.IptablesTrouble is null ? machine.Families : [];
        string[] texts = await Task
            .WhenAll(
            [
                .. families.Select(family => _iptables.ReadTextAsync(family, VariantOf(family), cancellationToken)),
                _nftables.ReadTextAsync(cancellationToken),
            ])
            .ConfigureAwait(false);
        return string.Concat(texts);
    }

    private IptablesVariant VariantOf(IpFamily family) =>
        (host()?.Firewall.ToolsOf(family) ?? FirewallTools.Unknown).Variant;
}
