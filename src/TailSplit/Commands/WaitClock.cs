using System.Diagnostics;
using System.Globalization;

namespace TailSplit.Commands;

/// <summary>
/// When a person who waits is told what for: after the first second of a command, and each second from then on.
/// </summary>
internal sealed class WaitClock
{
    private const int Longest = 60;

    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);

    private long _began;
    private TimeSpan _next = s_second;

    public TimeSpan UntilNextReport => _next > Elapsed ? _next - Elapsed : TimeSpan.Zero;

    private TimeSpan Elapsed => Stopwatch.GetElapsedTime(_began);

    /// <summary>A command can wait several times; it is one wait to the person.</summary>
    public void Start()
    {
        if (_began == 0)
            _began = Stopwatch.GetTimestamp();
    }

    /// <summary>Puts the next report off by a second once this one is due.</summary>
    public void Tick()
    {
        if (UntilNextReport == TimeSpan.Zero)
            _next = Elapsed + s_second;
    }

    public string Describe(string doing) => string.Create(
        CultureInfo.InvariantCulture,
        $"{(doing.Length <= Longest ? doing : $"{doing[..Longest]}...")} ({Elapsed.TotalSeconds:0} s)");
}
