using System.Management.Automation;
using System.Runtime.ExceptionServices;

namespace TailSplit.Commands;

/// <summary>A cmdlet that Ctrl+C stops at once, and the one place where asynchronous work is waited for.</summary>
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
            // The engine calls from a thread of its own: the cmdlet may have ended at the same moment.
        }
        catch (AggregateException)
        {
            // Callbacks of the token have failed. The token is cancelled anyway, and the work ends by it.
        }
    }

    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
            _stop.Dispose();
    }

    /// <summary>What is waited for right now; null for nothing that a person would want to know of.</summary>
    private protected virtual string? Waiting => null;

    /// <summary>Has the pipeline's thread do this while it waits; callable from any thread.</summary>
    private protected void Post(Action message) => _messages?.Post(message);

    /// <summary>Told of each program that was run; callable from any thread.</summary>
    private protected void Log(string message) => Post(() => WriteVerbose(message));

    /// <summary>Shows how far the work has come; callable from any thread.</summary>
    private protected void Report(ProgressRecord progress)
    {
        _reportsItself = true;
        Post(() => WriteProgress(progress));
    }

    /// <summary>
    /// Runs work off the pipeline's thread and waits for it, writing what is logged meanwhile: Write* may be called on
    /// this thread alone. What takes longer than a moment shows as progress, unless it reports its progress itself.
    /// Never returns or throws before the work has ended.
    /// </summary>
    /// <param name="work">The work.</param>
    /// <param name="idle">What it waits for while no program runs.</param>
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
        // The queue is closed by a continuation, so the task has ended by now.
        if (stopped is null)
            return Result(task);

        // The command ends by the first trouble. What the work itself failed with has nobody to hear it.
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
                // Write* throws once the pipeline is stopped. The work takes down what it made before anybody goes on.
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
