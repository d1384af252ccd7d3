using System.Collections.Concurrent;
using TailSplit.Core;
using TailSplit.Execution.Containers;
using TailSplit.Execution.Programs;

namespace TailSplit.Execution.Watching;

/// <summary>
/// A circuit breaker before a container engine that hangs: once a call of it was not answered in time, the next fail at
/// once, so that repairs do not wait for each of them, until something else has found that it answers.
/// </summary>
internal sealed class EngineBreaker(IProgramRunner runner) : IProgramRunner
{
    private readonly ConcurrentDictionary<string, Failure> _open = new(StringComparer.Ordinal);
    private volatile string? _ignored;

    public string RuntimeFolder => runner.RuntimeFolder;

    public bool IsInstalled(string program) => program != _ignored && runner.IsInstalled(program);

    /// <summary>A program that is another one by a second name, as docker of podman-docker, is not asked any more.</summary>
    public void Ignore(string program) => _ignored = program;

    /// <summary>Opens where the failure is that an engine did not answer in time.</summary>
    public void Heed(Failure failure)
    {
        if (failure is { Id: nameof(Failures.ProgramTimeout), Target: Docker.Program or Podman.Program })
            _open[(string)failure.Target] = failure;
    }

    /// <summary>The engine answers.</summary>
    /// <param name="program">Its program.</param>
    /// <returns>Whether it had not before.</returns>
    public bool Close(string program) => _open.TryRemove(program, out _);

    public async Task<ProgramResult> RunAsync(ProgramCall call, CancellationToken cancellationToken)
    {
        if (_open.TryGetValue(call.Program, out Failure? open))
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
