using System.Globalization;
using System.Text;
using System.Threading.Channels;
using CliWrap;

namespace TailSplit.Execution.Programs;

/// <summary>
/// A program that prints lines and does not end by itself. Disposing ends it by SIGINT, then by SIGKILL. A program
/// that was stopped (SIGSTOP) prints no line any more, so it is ended too.
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

    /// <summary>The result of the program, after all its lines have been read.</summary>
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

    // For a program that sudo runs, this also checks the child of sudo.
    private static bool IsStopped(int process)
    {
        try
        {
            // "4711 (ip) T 4242 ...": the name may contain any character (proc(5)).
            string status = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/stat"));
            return status[status.LastIndexOf(')')..].Split(' ')[1] is "T" or "t"
                || File.ReadAllText(
                        string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/task/{process}/children"))
                    .Split(' ', StringSplitOptions.RemoveEmptyEntries)
                    .Any(child => IsStopped(int.Parse(child, CultureInfo.InvariantCulture)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The process has ended.
            return false;
        }
    }
}
