using System.Globalization;
using System.Text;
using System.Threading.Channels;
using CliWrap;

namespace TailSplit.Execution.Programs;

/// <summary>
/// A program that runs on and prints lines. Disposed, it is asked to end, and killed if it does not. One that is
/// stopped (SIGSTOP) prints nothing for good, so it is ended too.
/// </summary>
internal sealed class MonitorProgram : IAsyncDisposable
{
    private const string Stopped = "it was stopped by a signal (SIGSTOP)";

    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);

    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>(new() { SingleReader = true });
    private readonly ProgramEnd _end = new();
    private readonly CancellationTokenSource _unwatch = new();
    private readonly StringBuilder _error = new();
    private readonly CommandTask<CommandResult> _run;
    private readonly Task _watching;
    private volatile bool _wasStopped;

    public MonitorProgram(Command command)
    {
        _run = command
            .WithStandardInputPipe(PipeSource.Null)
            .WithStandardOutputPipe(PipeTarget.ToDelegate(line => _lines.Writer.TryWrite(line)))
            .WithStandardErrorPipe(PipeTarget.ToStringBuilder(_error))
            .ExecuteAsync(_end.Kill, _end.Ask);
        _run.Task.ContinueWith(
            _ => _lines.Writer.TryComplete(),
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
        _watching = WatchAsync(_run.ProcessId);
    }

    public IAsyncEnumerable<string> ReadLinesAsync(CancellationToken cancellationToken) =>
        _lines.Reader.ReadAllAsync(cancellationToken);

    /// <summary>How it ended, once all its lines have been read.</summary>
    public async Task<ProgramResult> WaitForEndAsync()
    {
        try
        {
            CommandResult result = await _run.Task.ConfigureAwait(false);
            return new ProgramResult(result.ExitCode, "", _error.ToString());
        }
        catch (Exception e) when (_wasStopped && e is OperationCanceledException or TimeoutException)
        {
            return new ProgramResult(-1, "", Stopped);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _unwatch.CancelAsync().ConfigureAwait(false);
        await _watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!_run.Task.IsCompleted)
            _end.Begin(politely: true);

        await ((Task)_run.Task).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _unwatch.Dispose();
        _end.Dispose();
    }

    private async Task WatchAsync(int process)
    {
        while (!_run.Task.IsCompleted)
        {
            await Task.Delay(s_pause, _unwatch.Token).ConfigureAwait(false);
            if (!IsStopped(process))
                continue;

            _wasStopped = true;
            _end.Begin(politely: false);
            return;
        }
    }

    // Of a program that sudo runs, sudo is the parent.
    private static bool IsStopped(int process)
    {
        try
        {
            // "4711 (ip) T 4242 ...": the name may hold anything (proc(5)).
            string status = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/stat"));
            return status[status.LastIndexOf(')')..].Split(' ')[1] is "T" or "t"
                || File.ReadAllText(
                        string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/task/{process}/children"))
                    .Split(' ', StringSplitOptions.RemoveEmptyEntries)
                    .Any(child => IsStopped(int.Parse(child, CultureInfo.InvariantCulture)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It has ended.
            return false;
        }
    }
}
