using System.Collections.Concurrent;
using TailSplit.Execution.Labels;
using TailSplit.Execution.Watching;
using TailSplit.Tests.Engine.Hosting;
using TailSplit.Tests.Fakes;
using Xunit;

namespace TailSplit.Tests.Engine.Watching;

/// <summary>The watcher on the fake host, with real time passing quickly.</summary>
public abstract class WatchedHost : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private readonly CancellationTokenSource _stop = new();
    private Task _watching = Task.CompletedTask;

    private protected static WatchTimes Quick { get; } = new()
    {
        Quiet = TimeSpan.FromMilliseconds(10),
        LongestBurst = TimeSpan.FromMilliseconds(40),
        Poll = TimeSpan.FromMilliseconds(30),
        SlowPoll = TimeSpan.FromMilliseconds(200),
        FirstPause = TimeSpan.FromMilliseconds(20),
        LongestPause = TimeSpan.FromMilliseconds(50),
        LongestBackoff = TimeSpan.FromSeconds(2),
        Heartbeat = TimeSpan.FromMilliseconds(100),
        Proof = TimeSpan.FromMilliseconds(60),
        Stable = TimeSpan.FromSeconds(1),
    };

    /// <summary>Of a watcher that hears of everything from the programs that it follows, and never looks by itself.</summary>
    private protected static WatchTimes Told { get; } =
        Quick with { Poll = TimeSpan.FromHours(1), SlowPoll = TimeSpan.FromHours(1) };

    private protected Session Session { get; private set; } = new();

    private protected ConcurrentQueue<WatchEvent> Events { get; } = new();

    private protected FakeHost Host => Session.Host;

    public void Dispose()
    {
        GC.SuppressFinalize(this);
        _stop.Cancel();
        _watching.ContinueWith(_ => { }, TaskScheduler.Default).Wait(s_patience);
        Session.Dispose();
        _stop.Dispose();
    }

    private protected void Use(FakeHost host)
    {
        Session.Dispose();
        Session = new(host);
    }

    /// <summary>Returns when the watcher is at rest: what a test does next is seen by what it does next alone.</summary>
    private protected async Task WatchAsync(
        string given, WatchTimes? times = null, IReadOnlyCollection<PolicySource>? sources = null)
    {
        if (given.Length > 0)
            Session.Run(given).AssertNoErrors();

        RestClock clock = new(Host);
        int looks = int.MaxValue;
        PolicyWatcher watcher = new(Host.Machine, sources ?? [], times ?? Quick, clock);
        // Until it is asked for the next event, it does nothing.
        Start(watcher, () => Volatile.Write(ref looks, clock.Looks));
        await UntilAsync(() => IsWatching && Host.Follow.IsRunning("docker"));
        await UntilAsync(() => Host.Missing.Contains("nft") || Host.Follow.IsRunning("nft"));
        // The firewall's first reading makes it look once more; what a test does next would be seen by that look.
        await UntilAsync(() => clock.LooksBeforeRest > Volatile.Read(ref looks));
    }

    private protected bool IsWatching =>
        Events.Any(seen => seen.Detail == "Watching.") && Host.Follow.IsRunning("ip");

    private protected void Start(PolicyWatcher watcher, Action? begun = null) => _watching = Task.Run(async () =>
    {
        await foreach (WatchEvent seen in watcher.WatchAsync(_stop.Token))
        {
            if (seen.Detail == "Watching.")
                begun?.Invoke();

            Events.Enqueue(seen);
        }
    });

    private protected Task<WatchEvent> SeenAsync(WatchOutcome outcome) =>
        SeenAsync(seen => seen.Outcome == outcome && seen.Kind != WatchKind.Started);

    private protected Task<WatchEvent> SeenAsync(WatchKind kind) => SeenAsync(seen => seen.Kind == kind);

    private protected async Task<WatchEvent> SeenAsync(Func<WatchEvent, bool> which)
    {
        await UntilAsync(() => Events.Any(which));
        return Events.First(which);
    }

    private protected async Task UntilAsync(Func<bool> condition)
    {
        for (long start = TimeProvider.System.GetTimestamp(); !condition(); await Task.Delay(
            5, TestContext.Current.CancellationToken))
        {
            if (_watching.IsFaulted)
                await _watching;

            if (TimeProvider.System.GetElapsedTime(start) > s_patience)
                throw new TimeoutException(string.Join('\n', Events));
        }
    }
}
