using System.Text;
using CliWrap;

namespace TailSplit.Execution;

/// <summary>
/// A program that prints a line once it has what it was started for, and ends when its standard input does. It never
/// outlives this process: when we die, the kernel closes the pipe.
/// </summary>
internal sealed class HeldProgram : IAsyncDisposable
{
    private readonly TaskCompletionSource _answered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly StringBuilder _error = new();
    private readonly Task<CommandResult> _run;

    public HeldProgram(Command command) => _run = command
        .WithStandardInputPipe(PipeSource.Create(async (_, cancellationToken) =>
            await _released.Task.WaitAsync(cancellationToken).ConfigureAwait(false)))
        .WithStandardOutputPipe(PipeTarget.ToDelegate(_ => _answered.TrySetResult()))
        .WithStandardErrorPipe(PipeTarget.ToStringBuilder(_error))
        .ExecuteAsync()
        .Task;

    /// <summary>Null once the program has answered; how it ended, where it ended without an answer.</summary>
    public async Task<ProgramResult?> WaitForAnswerAsync(CancellationToken cancellationToken)
    {
        try
        {
            await Task.WhenAny(_answered.Task, _run).WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            await DisposeAsync().ConfigureAwait(false);
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
        await _run.ConfigureAwait(false);
    }
}
