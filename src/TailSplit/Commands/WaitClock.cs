using System.Globalization;

namespace TailSplit.Commands;

/// <summary>
/// When a person who waits is told what for: after the first second of a command, and each second from then on.
/// </summary>
/// <param name="time">Measures the time.</param>
internal sealed class WaitClock(TimeProvider time)
{
    private const int Longest = 60;

    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);

    private long? _began;
    private TimeSpan _next = s_second;

    /// <summary>Never negative: the time is read once, and may have passed the report already.</summary>
    public TimeSpan UntilNextReport => _next - Elapsed is { Ticks: > 0 } left ? left : TimeSpan.Zero;

    private TimeSpan Elapsed => _began is long began ? time.GetElapsedTime(began) : TimeSpan.Zero;

    /// <summary>A command can wait several times; it is one wait to the person.</summary>
    public void Start() => _began ??= time.GetTimestamp();

    /// <summary>Puts the next report off by a second once this one is due.</summary>
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
