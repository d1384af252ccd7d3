
namespace TailSplit.Lab.Transitions;

/// <summary>Listens to what the kernel says of changes to nf_tables and to ip rules.</summary>
internal sealed class RulesWatch : IAsyncDisposable
{
    private static readonly TimeSpan s_settled = TimeSpan.FromMilliseconds(200);
    private readonly BackgroundProgram[] _monitors;

    private RulesWatch(BackgroundProgram[] monitors) => _monitors = monitors;

    /// <summary>A line for each event so far.</summary>
    public int Events =>
        _monitors.Sum(monitor => monitor.Log.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);

    public static async Task<RulesWatch> Start(Lab lab)
    {
        RulesWatch watch = new(
        [
            Monitor("nft", "monitor"),
            Monitor("ip", "-4", "monitor", "rule"),
            Monitor("ip", "-6", "monitor", "rule")
        ]);
        await Task.Delay(s_settled);
        return watch;

        BackgroundProgram Monitor(string program, params string[] arguments) =>
            BackgroundProgram.Start("nsenter", [$"--net={lab.Host.FilePath}", "stdbuf", "-oL", program, .. arguments]);
    }

    /// <summary>How many events the work causes.</summary>
    public async Task<int> During(Func<Task> work)
    {
        int before = Events;
        await work();
        await Task.Delay(s_settled);
        return Events - before;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (BackgroundProgram monitor in _monitors)
        {
            await monitor.DisposeAsync();
        }
    }
}
