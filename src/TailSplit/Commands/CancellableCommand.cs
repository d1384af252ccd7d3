using System.Management.Automation;
using System.Runtime.ExceptionServices;

namespace TailSplit.Commands;

/// <summary>A cmdlet that Ctrl+C stops at once, and the only place that waits for asynchronous work.</summary>
public abstract class CancellableCommand : PSCmdlet, IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly WaitClock _clock = new(TimeProvider.System);
    private volatile MessageQueue? _messages;
    private volatile bool _reportsItself;

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected override void StopProcessing()
    {
        try
        {
            _stop.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The engine calls this from another thread, and the cmdlet may have ended at the same time.
        }
        catch (AggregateException)
        {
            // Callbacks of the token have failed. The token is still cancelled, so the work ends.
        }
    }

    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
            _stop.Dispose();
    }

    /// <summary>What the command waits for now, for the progress bar; null if the user need not know.</summary>
    private protected virtual string? Waiting => null;

    /// <summary>Runs an action on the pipeline's thread while it waits. Callable from any thread.</summary>
    private protected void Post(Action message) => _messages?.Post(message);

    /// <summary>Writes a verbose message for each program that ran. Callable from any thread.</summary>
    private protected void Log(string message) => Post(() => WriteVerbose(message));

    /// <summary>Shows the progress of the work. Callable from any thread.</summary>
    private protected void Report(ProgressRecord progress)
    {
        _reportsItself = true;
        Post(() => WriteProgress(progress));
    }

    /// <summary>
    /// Runs work on another thread and waits until it has ended, also after an error. Meanwhile this thread writes its
    /// messages and progress, since Write* works only on the pipeline's thread.
    /// </summary>
    /// <param name="work">The work.</param>
    /// <param name="idle">What the progress bar names while no program runs.</param>
    private protected T Await<T>(Func<CancellationToken, Task<T>> work, string? idle = null)
    {
        MessageQueue messages = new();
        _messages = messages;
        CancellationToken stop = _stop.Token;
        Task<T> task = Task.Run(() => work(stop), CancellationToken.None);
        task.ContinueWith(
            _ => messages.Close(),
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
        ExceptionDispatchInfo? stopped = WriteUntilDone(messages, idle);
        // The continuation that closes the queue runs after the task, so the task has ended.
        if (stopped is null)
            return Result(task);

        // The first error ends the command. A later error of the work is observed but not reported.
        _ = task.Exception;
        stopped.Throw();
        throw stopped.SourceException;
    }

    /// <inheritdoc cref="Await{T}"/>
    private protected void Await(Func<CancellationToken, Task> work, string? idle = null) => Await(
        async stop =>
        {
            await work(stop).ConfigureAwait(false);
            return true;
        },
        idle);

    private ExceptionDispatchInfo? WriteUntilDone(MessageQueue messages, string? idle)
    {
        ExceptionDispatchInfo? stopped = null;
        bool shown = false;
        _clock.Start();
        while (!messages.IsDone)
        {
            Action? message = messages.Take(_clock.UntilNextReport);
            try
            {
                if (message is not null && stopped is null)
                    message();
                else if (stopped is null && !messages.IsDone && !_reportsItself && (Waiting ?? idle) is string doing)
                    shown = Show(_clock.Describe(doing), ProgressRecordType.Processing);
            }
            catch (Exception e)
            {
                // Write* throws once the pipeline is stopped. The work still removes what it created before the command
                // ends.
                stopped = ExceptionDispatchInfo.Capture(e);
                StopProcessing();
            }

            _clock.Tick();
        }

        if (shown && stopped is null)
            Show("done", ProgressRecordType.Completed);

        return stopped;
    }

    private T Result<T>(Task<T> task)
    {
        try
        {
            return task.GetAwaiter().GetResult();
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            throw new PipelineStoppedException();
        }
    }

    private bool Show(string status, ProgressRecordType type)
    {
        WriteProgress(new ProgressRecord(0, MyInvocation.MyCommand.Name, status) { RecordType = type });
        return true;
    }
}
