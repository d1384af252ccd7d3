using TailSplit.Core;
using TailSplit.Execution.Files;
using TailSplit.Execution.Programs;

namespace TailSplit.Execution.Watching;

/// <summary>
/// A circuit breaker before a Docker daemon that hangs: once a call of docker was not answered in time, the next fail
/// at once, so that repairs do not wait for each of them, until something else has found that Docker answers.
/// </summary>
internal sealed class DockerBreaker(IProgramRunner runner) : IProgramRunner
{
    private const string Program = "docker";

    private Failure? _open;

    public string RuntimeFolder => runner.RuntimeFolder;

    public bool IsInstalled(string program) => runner.IsInstalled(program);

    /// <summary>Opens where the failure is that Docker did not answer in time.</summary>
    public void Heed(Failure failure)
    {
        if (failure is { Id: nameof(Failures.ProgramTimeout), Target: Program })
            Volatile.Write(ref _open, failure);
    }

    /// <summary>Docker answers.</summary>
    /// <returns>Whether it had not before.</returns>
    public bool Close() => Interlocked.Exchange(ref _open, null) is not null;

    public async Task<ProgramResult> RunAsync(ProgramCall call, CancellationToken cancellationToken)
    {
        if (call.Program == Program && Volatile.Read(ref _open) is Failure open)
            throw open.ToException();

        try
        {
            return await runner.RunAsync(call, cancellationToken).ConfigureAwait(false);
        }
        catch (TailSplitException e)
        {
            Heed(e.Failure);
            throw;
        }
    }

    public Task<ProgramStart> HoldAsync(ProgramCall call, CancellationToken cancellationToken) =>
        runner.HoldAsync(call, cancellationToken);

    public IAsyncEnumerable<string> FollowAsync(ProgramCall call, CancellationToken cancellationToken) =>
        runner.FollowAsync(call, cancellationToken);
}
