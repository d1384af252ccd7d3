using System.Text;
using System.Threading.Channels;
using CliWrap;

namespace TailSplit.Execution;

/// <summary>
/// A program that runs on and prints lines. Disposed, it is asked to end (SIGINT, which sudo passes on), and killed if
/// it does not.
/// </summary>
internal sealed class FollowedProgram : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(1);

    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>(new() { SingleReader = true });
    private readonly CancellationTokenSource _ask = new();
    private readonly CancellationTokenSource _kill = new();
    private readonly StringBuilder _error = new();
    private readonly Task<CommandResult> _run;

    public FollowedProgram(Command command)
    {
        _run = command
            .WithStandardInputPipe(PipeSource.Null)
            .WithStandardOutputPipe(PipeTarget.ToDelegate(line => _lines.Writer.TryWrite(line)))
            .WithStandardErrorPipe(PipeTarget.ToStringBuilder(_error))
            .ExecuteAsync(_kill.Token, _ask.Token)
            .Task;
        _run.ContinueWith(
            _ => _lines.Writer.TryComplete(),
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }

    public IAsyncEnumerable<string> ReadLinesAsync(CancellationToken cancellationToken) =>
        _lines.Reader.ReadAllAsync(cancellationToken);

    /// <summary>How it ended, once all its lines have been read.</summary>
    public async Task<ProgramResult> WaitForEndAsync()
    {
        CommandResult result = await _run.ConfigureAwait(false);
        return new ProgramResult(result.ExitCode, "", _error.ToString());
    }

    public async ValueTask DisposeAsync()
    {
        await _ask.CancelAsync().ConfigureAwait(false);
        _kill.CancelAfter(s_patience);
        try
        {
            await _run.ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // That is what was asked for.
        }

        _ask.Dispose();
        _kill.Dispose();
    }
}
