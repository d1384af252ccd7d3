using System.Collections.Concurrent;
using TailSplit.Core;
using TailSplit.Core.Errors;
using TailSplit.Execution.Containers;
using TailSplit.Execution.Programs;

namespace TailSplit.Execution.Watching;

/// <summary>
/// A circuit breaker for a container engine that hangs. After a call times out, further calls fail at once, so that
/// repairs do not wait for each of them, until a watch finds that the engine answers again.
/// </summary>
internal sealed class EngineBreaker(IProgramRunner runner) : IProgramRunner
{
    private readonly ConcurrentDictionary<string, Failure> _open = new(StringComparer.Ordinal);
    private volatile string? _ignored;

    public bool IsInstalled(string program) => program != _ignored && runner.IsInstalled(program);

    public string? FileOf(string program) => runner.FileOf(program);

    /// <summary>Stops calls of a program that is another one, such as podman-docker's docker.</summary>
    public void Ignore(string program) => _ignored = program;

    /// <summary>Opens if the failure is the timeout of an engine.</summary>
    public void RecordTimeout(Failure failure)
    {
        if (failure is { Id: nameof(Failures.ProgramTimeout), Target: Docker.Program or Podman.Program })
            _open[(string)failure.Target] = failure;
    }

    /// <summary>Closes, since the engine answers.</summary>
    /// <param name="program">The engine's program.</param>
    /// <returns>Whether it was open.</returns>
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
            RecordTimeout(e.Failure);
            throw;
        }
    }

    public Task<ProgramStart> HoldAsync(ProgramCall call, CancellationToken cancellationToken) =>
        runner.HoldAsync(call, cancellationToken);

    public IAsyncEnumerable<string> FollowAsync(ProgramCall call, CancellationToken cancellationToken) =>
        runner.FollowAsync(call, cancellationToken);
}
