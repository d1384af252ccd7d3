using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using CliWrap;
using TailSplit.Core;

namespace TailSplit.Execution;

/// <summary>Runs programs through CliWrap, as root where they need it: directly, or by <c>sudo -n</c>.</summary>
/// <param name="log">Told of each program that was run, and how long it took. Called from any thread.</param>
public sealed class ProgramRunner(Action<string> log) : IProgramRunner
{
    public string RuntimeFolder => "/run/tailsplit";

    public bool IsInstalled(string program) => ProgramPath.Find(program) is not null;

    public async Task<ProgramResult> RunAsync(ProgramCall call, CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        StringBuilder output = new();
        StringBuilder error = new();
        CommandResult result = await Prepare(call, out bool sudo)
            .WithStandardInputPipe(call.Input is null ? PipeSource.Null : PipeSource.FromString(call.Input))
            .WithStandardOutputPipe(PipeTarget.ToStringBuilder(output))
            .WithStandardErrorPipe(PipeTarget.ToStringBuilder(error))
            .ExecuteAsync(cancellationToken)
            .ConfigureAwait(false);
        Log(call, $"exit code {result.ExitCode}", start);
        ProgramResult answer = new(result.ExitCode, output.ToString(), error.ToString());
        return sudo && WasRefused(answer) ? throw Failures.PermissionDenied($"'{call.Program}'").ToException() : answer;
    }

    public async Task<IAsyncDisposable?> HoldAsync(ProgramCall call, CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        HeldProgram held = new(Prepare(call, out bool sudo));
        ProgramResult? end = await held.WaitForAnswerAsync(cancellationToken).ConfigureAwait(false);
        Log(call, end is null ? "running" : $"exit code {end.ExitCode}", start);
        if (end is null)
            return held;

        return sudo && WasRefused(end) ? throw Failures.PermissionDenied($"'{call.Program}'").ToException() : null;
    }

    public async IAsyncEnumerable<string> FollowAsync(
        ProgramCall call, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Command command = Prepare(call, out bool sudo);
        log($"{call}: followed");
        FollowedProgram program = new(command);
        await using (program.ConfigureAwait(false))
        {
            await foreach (string line in program.ReadLinesAsync(cancellationToken).ConfigureAwait(false))
                yield return line;

            ProgramResult end = await program.WaitForEndAsync().ConfigureAwait(false);
            throw (sudo && WasRefused(end)
                ? Failures.PermissionDenied($"'{call.Program}'")
                : Failures.FollowEnded(call.ToString(), end.Complaint)).ToException();
        }
    }

    private void Log(ProgramCall call, string state, long start) => log(string.Create(
        CultureInfo.InvariantCulture,
        $"{call}: {state} after {Stopwatch.GetElapsedTime(start).TotalMilliseconds:0.0} ms"));

    private static Command Prepare(ProgramCall call, out bool sudo)
    {
        string path = ProgramPath.Find(call.Program)
            ?? throw Failures.NotInstalled(call.Program, ProgramPackage.Of(call.Program)).ToException();
        ImmutableArray<string> arguments = call.Arguments;
        sudo = call.NeedsRoot && !Environment.IsPrivilegedProcess;
        if (sudo)
        {
            arguments = ["-n", "--", path, .. arguments];
            path = ProgramPath.Find("sudo") ?? throw Failures.PermissionDenied($"'{call.Program}'").ToException();
        }

        return Cli.Wrap(path)
            .WithArguments(arguments)
            .WithEnvironmentVariables(variables => variables.Set("LC_ALL", "C"))
            .WithValidation(CommandResultValidation.None);
    }

    // sudo ends with 1 and says "sudo: a password is required", or that the user may not run sudo at all.
    private static bool WasRefused(ProgramResult result) =>
        result.ExitCode == 1 && (result.Error.StartsWith("sudo:", StringComparison.Ordinal)
            || result.Error.Contains(" is not allowed to ", StringComparison.Ordinal)
            || result.Error.Contains(" is not in the sudoers file", StringComparison.Ordinal));
}
