using TailSplit.Execution.Programs;

namespace TailSplit.Benchmarks.Packets;

/// <summary>TailSplit's own runner, with each program started inside a namespace.</summary>
internal sealed class NamespaceRunner(Namespace network) : IProgramRunner
{
    private readonly ProgramRunner _runner = new(_ => { });

    public bool IsInstalled(string program) => _runner.IsInstalled(program);

    public string? FileOf(string program) => _runner.FileOf(program);

    public Task<ProgramResult> RunAsync(ProgramCall call, CancellationToken cancellationToken) =>
        _runner.RunAsync(Inside(call), cancellationToken);

    public Task<ProgramStart> HoldAsync(ProgramCall call, CancellationToken cancellationToken) =>
        _runner.HoldAsync(Inside(call), cancellationToken);

    public IAsyncEnumerable<string> FollowAsync(ProgramCall call, CancellationToken cancellationToken) =>
        _runner.FollowAsync(Inside(call), cancellationToken);

    private ProgramCall Inside(ProgramCall call) =>
        call with { Program = "nsenter", Arguments = [$"--net={network.FilePath}", call.Program, .. call.Arguments] };
}
