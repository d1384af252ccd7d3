using System.Collections.Concurrent;
using System.Management.Automation;
using System.Runtime.ExceptionServices;

namespace TailSplit.Commands;

/// <summary>A cmdlet that Ctrl+C stops at once, and the one place where asynchronous work is waited for.</summary>
public abstract class CancellableCommand : PSCmdlet, IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly BlockingCollection<Action> _messages = [];

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected override void StopProcessing() => _stop.Cancel();

    protected virtual void Dispose(bool disposing)
    {
        if (!disposing)
            return;

        _stop.Dispose();
        _messages.Dispose();
    }

    /// <summary>Told of each program that was run; callable from any thread.</summary>
    private protected void Log(string message) => Post(() => WriteVerbose(message));

    /// <summary>Shows how far the work has come; callable from any thread.</summary>
    private protected void Report(ProgressRecord progress) => Post(() => WriteProgress(progress));

    /// <summary>
    /// Runs work off the pipeline's thread and waits for it, writing what is logged meanwhile: Write* may be called on this
    /// thread alone.
    /// </summary>
    private protected T Await<T>(Func<CancellationToken, Task<T>> work)
    {
        Task<T> task = Task.Run(() => work(_stop.Token));
        task.ContinueWith(_ => Post(() => { }), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        ExceptionDispatchInfo? stopped = null;
        while (!task.IsCompleted || _messages.Count > 0)
        {
            Action message = _messages.Take();
            try
            {
                if (stopped is null)
                    message();
            }
            catch (Exception e)
            {
                // Write* throws once the pipeline is stopped. The work takes down what it made before anybody goes on.
                stopped = ExceptionDispatchInfo.Capture(e);
                _stop.Cancel();
            }
        }

        stopped?.Throw();
        try
        {
            return task.GetAwaiter().GetResult();
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            throw new PipelineStoppedException();
        }
    }

    private void Post(Action message)
    {
        if (!_messages.IsAddingCompleted)
            _messages.Add(message);
    }
}
