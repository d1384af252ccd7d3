using System.Diagnostics;
using TailSplit.Execution;

namespace TailSplit.Completion;

/// <summary>
/// Caches an answer of the host for a moment, since users press Tab repeatedly. On any failure the answer is empty:
/// completion must not show an error within a command line.
/// </summary>
/// <param name="read">Asks the host. It gets the answer before, which is empty at first.</param>
internal sealed class Recent<T>(Func<Machine, IReadOnlyList<T>, CancellationToken, Task<IReadOnlyList<T>>> read)
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
            bool isOfHost = _answer is not null && ReferenceEquals(_asked, HostAccess.Substitute);
            if (!isOfHost || Stopwatch.GetElapsedTime(_when) > s_moment)
            {
                IReadOnlyList<T> before = isOfHost ? _answer! : [];
                _asked = HostAccess.Substitute;
                _answer = Read(before);
                _when = Stopwatch.GetTimestamp();
            }

            return _answer!;
        }
    }

    private IReadOnlyList<T> Read(IReadOnlyList<T> before)
    {
        using CancellationTokenSource limit = new(s_patience);
        try
        {
            Machine machine = HostAccess.Open(_ => { });
            CancellationToken stop = limit.Token;
            // The limit ends the program. If it does not end in time, completion does not wait for it.
            return Task.Run(() => read(machine, before, stop), stop)
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
