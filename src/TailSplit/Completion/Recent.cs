using System.Diagnostics;
using TailSplit.Execution.Programs;

namespace TailSplit.Completion;

/// <summary>
/// An answer of the host, kept for a moment: a person presses Tab more than once. Whatever goes wrong (Docker is down,
/// sudo refuses, a program takes its time) makes it empty, since an error in the middle of a command line helps nobody.
/// </summary>
internal sealed class Recent<T>(Func<IProgramRunner, CancellationToken, Task<IReadOnlyList<T>>> read)
{
    private static readonly TimeSpan s_moment = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private IReadOnlyList<T>? _answer;
    private object? _asked;
    private long _when;

    public IReadOnlyList<T> Get()
    {
        lock (_gate)
        {
            if (_answer is null || _asked != HostAccess.Substitute || Stopwatch.GetElapsedTime(_when) > s_moment)
            {
                _asked = HostAccess.Substitute;
                _answer = Read();
                _when = Stopwatch.GetTimestamp();
            }

            return _answer;
        }
    }

    private IReadOnlyList<T> Read()
    {
        using CancellationTokenSource limit = new(s_patience);
        try
        {
            IProgramRunner runner = HostAccess.Open(_ => { });
            CancellationToken stop = limit.Token;
            // The program is ended when time is up; a little later it is not even waited for.
            return Task.Run(() => read(runner, stop), stop)
                .WaitAsync(s_patience * 1.2, CancellationToken.None)
                .GetAwaiter()
                .GetResult();
        }
        catch (Exception)
        {
            return [];
        }
    }
}
