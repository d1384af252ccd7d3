using System.Text;
using CliWrap;

namespace TailSplit.Execution.Programs;

/// <summary>
/// A program that prints a line once it is ready, such as flock with its lock, and ends when its standard input is
/// closed. It never outlives this process, since the kernel then closes the pipe.
/// </summary>
internal sealed class BackgroundProgram : IAsyncDisposable
{
    private readonly TaskCompletionSource _answered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly StringBuilder _error = new();
    private readonly ProgramEnd _end = new();
    private readonly Task<CommandResult> _run;

    /// <param name="command">The program.</param>
    /// <param name="input">The first text of its standard input, which stays open afterwards.</param>
    public BackgroundProgram(Command command, string? input) => _run = command
        .WithStandardInputPipe(PipeSource.Create(async (stream, cancellationToken) =>
        {
            await stream.WriteAsync(Encoding.UTF8.GetBytes(input ?? ""), cancellationToken).ConfigureAwait(false);
            await stream.FlushAsync(cancellationToken).ConfigureAwait(false);
            await _released.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }))
        .WithStandardOutputPipe(PipeTarget.ToDelegate(_ => _answered.TrySetResult()))
        .WithStandardErrorPipe(PipeTarget.ToStringBuilder(_error))
        .ExecuteAsync(_end.Kill, _end.Ask)
        .Task;

    /// <summary>Waits for the line. Null if it came; the result of a program that ended without it.</summary>
    /// <exception cref="OperationCanceledException">The program was ended.</exception>
    public async Task<ProgramResult?> WaitForAnswerAsync(CancellationToken cancellationToken)
    {
        try
        {
            await Task.WhenAny(_answered.Task, _run).WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // A program that is not ready may not read its input yet, such as flock, so closing it has no effect.
            _end.Begin(politely: true);
            await ((Task)_run).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _end.Dispose();
            throw;
        }

        if (_answered.Task.IsCompleted)
            return null;

        CommandResult result = await _run.ConfigureAwait(false);
        return new ProgramResult(result.ExitCode, "", _error.ToString());
    }

    public async ValueTask DisposeAsync()
    {
        _released.TrySetResult();
        if (await Task.WhenAny(_run, Task.Delay(ProgramEnd.Patience)).ConfigureAwait(false) != _run)
            _end.Begin(politely: true);

        await ((Task)_run).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _end.Dispose();
    }
}
