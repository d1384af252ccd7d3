using System.Diagnostics;

namespace TailSplit.Lab.Boot;

/// <summary>The watcher as its unit starts it, and how long it takes to repair.</summary>
internal sealed class RunningWatcher : IAsyncDisposable
{
    // It takes about a second where nothing else is to be done (-diagnostics shows it), which is no matter for a test; but
    // it has to be sooner than what comes by itself: the watcher's slow look each 15 s.
    private static readonly TimeSpan s_soon = TimeSpan.FromSeconds(12);
    private readonly BootLab _boot;
    private readonly BackgroundProgram _program;

    private RunningWatcher(BootLab boot, BackgroundProgram program) => (_boot, _program) = (boot, program);

    public string Log => _program.Log;

    /// <summary>The command lines of the programs that it follows, a line each.</summary>
    public string FollowedNow => string.Join('\n', Children().Select(child => child.CommandLine));

    /// <summary>The process that has these words in its command line.</summary>
    public int Followed(string words) =>
        Children().Single(child => child.CommandLine.Contains(words, StringComparison.Ordinal)).Id;

    public static async Task<RunningWatcher> Start(BootLab boot)
    {
        BackgroundProgram watcher = boot.StartInBackground(BootLab.WatchUnit);
        await Wait.Until(
            () => watcher.Log.Contains("Watching.", StringComparison.Ordinal) || !watcher.IsRunning,
            "the watcher",
            TimeSpan.FromSeconds(30));
        Assert.True(watcher.IsRunning, watcher.Log);
        // Its programs start beside it.
        await Task.Delay(TimeSpan.FromSeconds(1));
        return new(boot, watcher);
    }

    /// <summary>The boot lab's policy is whole again soon after the attack.</summary>
    public async Task Repairs(string what, Func<Task> attack)
    {
        await attack();
        await Reaches(what, async () => await _boot.StateOf("torrents") == "Active");
    }

    public async Task Reaches(string what, Func<Task<bool>> condition)
    {
        long start = Stopwatch.GetTimestamp();
        try
        {
            await Wait.Until(condition, what, s_soon);
        }
        catch (TimeoutException exception)
        {
            throw new TimeoutException($"{exception.Message}\n{Log}", exception);
        }

        TestContext.Current.SendDiagnosticMessage(
            $"{what}: repaired after {Stopwatch.GetElapsedTime(start).TotalMilliseconds:0} ms");
    }

    /// <summary>Under systemd its control group would end with it; here the programs that it follows are ours to end.</summary>
    public async Task Kill()
    {
        int[] followed = [.. Children().Select(child => child.Id)];
        await _program.Stop(Signal.Kill);
        foreach (int id in followed)
        {
            LibC.Signal(id, Signal.Kill);
        }
    }

    private (int Id, string CommandLine)[] Children() => ChildProcesses.Of(_program.Id);

    public async ValueTask DisposeAsync()
    {
        if (_program.IsRunning)
        {
            await Kill();
        }

        await _program.DisposeAsync();
    }
}
