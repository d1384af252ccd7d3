namespace TailSplit.Execution.Programs;

/// <summary>Records which programs run, so that a command can show what it waits for.</summary>
public sealed class TrackingRunner(IProgramRunner runner) : IProgramRunner
{
    private readonly Lock _gate = new();
    private readonly List<ProgramCall> _running = [];

    /// <summary>The running program that started first; null if none runs.</summary>
    public ProgramCall? Running
    {
        get
        {
            lock (_gate)
                return _running.Count == 0 ? null : _running[0];
        }
    }

    public bool IsInstalled(string program) => runner.IsInstalled(program);

    public string? FileOf(string program) => runner.FileOf(program);

    public Task<ProgramResult> RunAsync(ProgramCall call, CancellationToken cancellationToken) =>
        TrackAsync(call, () => runner.RunAsync(call, cancellationToken));

    public Task<ProgramStart> HoldAsync(ProgramCall call, CancellationToken cancellationToken) =>
        TrackAsync(call, () => runner.HoldAsync(call, cancellationToken));

    // Not recorded, since no command waits for its end.
    public IAsyncEnumerable<string> FollowAsync(ProgramCall call, CancellationToken cancellationToken) =>
        runner.FollowAsync(call, cancellationToken);

    private async Task<T> TrackAsync<T>(ProgramCall call, Func<Task<T>> run)
    {
        lock (_gate)
            _running.Add(call);

        try
        {
            return await run().ConfigureAwait(false);
        }
        finally
        {
            lock (_gate)
                _running.RemoveAt(_running.FindIndex(other => ReferenceEquals(other, call)));
        }
    }
}
