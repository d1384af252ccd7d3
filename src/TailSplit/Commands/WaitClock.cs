using System.Globalization;

namespace TailSplit.Commands;

/// <summary>
/// Decides when a waiting command shows progress: after its first second, and every second from then on.
/// </summary>
/// <param name="time">The clock.</param>
internal sealed class WaitClock(TimeProvider time)
{
    private const int Longest = 60;

    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);

    private long? _began;
    private TimeSpan _next = s_second;

    /// <summary>The time until the next report; zero if it is due.</summary>
    public TimeSpan UntilNextReport => _next - Elapsed is { Ticks: > 0 } left ? left : TimeSpan.Zero;

    private TimeSpan Elapsed => _began is long began ? time.GetElapsedTime(began) : TimeSpan.Zero;

    /// <summary>Starts the clock. All waits of a command count as one.</summary>
    public void Start() => _began ??= time.GetTimestamp();

    /// <summary>Schedules the next report in a second, if one is due.</summary>
    public void Tick()
    {
        TimeSpan elapsed = Elapsed;
        if (elapsed >= _next)
            _next = elapsed + s_second;
    }

    public string Describe(string doing) => string.Create(
        CultureInfo.InvariantCulture,
        $"{(doing.Length <= Longest ? doing : $"{doing[..Longest]}...")} ({Elapsed.TotalSeconds:0} s)");
}
