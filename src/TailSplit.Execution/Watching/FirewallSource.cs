using System.Threading.Channels;
using TailSplit.Core;
using TailSplit.Core.Model;

namespace TailSplit.Execution.Watching;

/// <summary>
/// Changes of the firewall. x_tables tells nobody, so its rules are read once a second, as text that is compared with
/// that of before and nothing else. nf_tables does tell: where <c>nft</c> is installed each commit is seen at once, and
/// looking is for what was missed.
/// </summary>
/// <param name="runner">Reaches the host.</param>
/// <param name="sightings">Where to tell.</param>
/// <param name="times">How often.</param>
/// <param name="host">The host as of the last look.</param>
internal sealed class FirewallSource(
    IProgramRunner runner, ChannelWriter<Sighting> sightings, WatchTimes times, Func<HostState?> host)
{
    private const string Monitor = "nft";

    private readonly Iptables _iptables = new(runner);
    private volatile bool _isTold;

    public Task RunAsync(Follower follower, CancellationToken cancellationToken) =>
        Task.WhenAll(PollAsync(cancellationToken), ListenAsync(follower, cancellationToken));

    private async Task ListenAsync(Follower follower, CancellationToken cancellationToken)
    {
        if (!runner.IsInstalled(Monitor))
            return;

        await follower.RunAsync(
            () => new ProgramCall(Monitor, "monitor") { NeedsRoot = true },
            Read,
            _ => Task.CompletedTask,
            "The monitor of nf_tables",
            cancellationToken).ConfigureAwait(false);
    }

    // After the lines of a commit: "# new generation 7 by process 4711 (iptables-nft)".
    private Sighting? Read(string line)
    {
        if (!line.StartsWith("# new generation", StringComparison.Ordinal))
            return null;

        _isTold = true;
        return new Sighting(WatchKind.FirewallChanged);
    }

    private async Task PollAsync(CancellationToken cancellationToken)
    {
        string? before = null;
        while (true)
        {
            try
            {
                string now = await ReadAsync(cancellationToken).ConfigureAwait(false);
                if (before is null)
                {
                    // What it was before this first reading, nobody knows.
                    sightings.TryWrite(new Sighting(WatchKind.Checked));
                }
                else if (before != now)
                {
                    // Seen by looking, so nothing told of it.
                    _isTold = false;
                    sightings.TryWrite(new Sighting(WatchKind.FirewallChanged));
                }

                before = now;
            }
            catch (TailSplitException)
            {
                // Whoever repairs reads as well, and reports it.
                sightings.TryWrite(new Sighting(WatchKind.FirewallChanged));
            }

            bool told = _isTold && host()?.IsNfTables == true;
            await Task.Delay(told ? times.SlowPoll : times.Poll, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<string> ReadAsync(CancellationToken cancellationToken)
    {
        string[] texts = await Task
            .WhenAll(HostReader.Families.Select(
                family => _iptables.ReadTextAsync(family, VariantOf(family), cancellationToken)))
            .ConfigureAwait(false);
        return string.Concat(texts);
    }

    private IptablesVariant VariantOf(IpFamily family) => (host()?.ToolsOf(family) ?? FirewallTools.Unknown).Variant;
}
