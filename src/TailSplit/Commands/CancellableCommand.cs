using System.Collections.Concurrent;
using System.Management.Automation;
using System.Runtime.ExceptionServices;

namespace TailSplit.Commands;

/// <summary>A cmdlet that Ctrl+C stops at once, and the one place where asynchronous work is waited for.</summary>
public abstract class CancellableCommand : PSCmdlet, IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly BlockingCollection<Action> _messages = [];
    private readonly WaitClock _clock = new();
    private bool _reportsItself;

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

    /// <summary>What is waited for right now; null for nothing that a person would want to know of.</summary>
    private protected virtual string? Waiting => null;

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
    /// </summary>
    /// <param name="work">The work.</param>
    /// <param name="idle">What it waits for while no program runs.</param>
    private protected T Await<T>(Func<CancellationToken, Task<T>> work, string? idle = null)
    {
        Task<T> task = Task.Run(() => work(_stop.Token));
        task.ContinueWith(
            _ => Post(() => { }),
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
        _clock.Start();
        ExceptionDispatchInfo? stopped = null;
        bool shown = false;
        while (!task.IsCompleted || _messages.Count > 0)
        {
            bool posted = _messages.TryTake(out Action? message, _clock.UntilNextReport);
            try
            {
                if (posted && stopped is null)
                    message!();
                else if (stopped is null && !_reportsItself && (Waiting ?? idle) is string doing)
                    shown = Show(_clock.Describe(doing), ProgressRecordType.Processing);
            }
            catch (Exception e)
            {
                // Write* throws once the pipeline is stopped. The work takes down what it made before anybody goes on.
                stopped = ExceptionDispatchInfo.Capture(e);
                _stop.Cancel();
            }

            _clock.Tick();
        }

        stopped?.Throw();
        if (shown)
            Show("done", ProgressRecordType.Completed);

        try
        {
            return task.GetAwaiter().GetResult();
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            throw new PipelineStoppedException();
        }
    }

    /// <inheritdoc cref="Await{T}"/>
    private protected void Await(Func<CancellationToken, Task> work, string? idle = null) => Await(
        async stop =>
        {
            await work(stop).ConfigureAwait(false);
            return true;
        },
        idle);

    private void Post(Action message)
    {
        if (!_messages.IsAddingCompleted)
            _messages.Add(message);
    }

    private bool Show(string status, ProgressRecordType type)
    {
        WriteProgress(new ProgressRecord(0, MyInvocation.MyCommand.Name, status) { RecordType = type });
        return true;
    }
}
