using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using CliWrap;
using TailSplit.Core.Errors;

namespace TailSplit.Execution.Programs;

/// <summary>Runs programs through CliWrap. A program that needs root runs by <c>sudo -n</c> if necessary.</summary>
/// <param name="log">Receives each program that ran, and its duration, from any thread.</param>
/// <param name="limit">The time limits, instead of those of the calls.</param>
public sealed class ProgramRunner(Action<string> log, Func<ProgramCall, TimeSpan>? limit = null) : IProgramRunner
{
    /// <summary>Whether this process is root, so that no program runs by sudo.</summary>
    public bool IsRoot { get; } = Environment.IsPrivilegedProcess;

    public bool IsInstalled(string program) => ProgramPath.Find(program) is not null;

    public string? FileOf(string program) => ProgramPath.FileOf(program);

    public async Task<ProgramResult> RunAsync(ProgramCall call, CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        // A save can have megabytes, which PipeTarget.ToStringBuilder reads in pieces of a kilobyte.
        using MemoryStream output = new();
        StringBuilder error = new();
        Command command = Prepare(call, out bool sudo)
            .WithStandardInputPipe(call.Input is null ? PipeSource.Null : PipeSource.FromString(call.Input))
            .WithStandardOutputPipe(PipeTarget.ToStream(output))
            .WithStandardErrorPipe(PipeTarget.ToStringBuilder(error));
        using CancellationTokenSource ends = LimitOf(call, cancellationToken);
        using ProgramEnd end = new();
        CommandResult result;
        // The callback that ends the program completes before its tokens are disposed.
        CancellationTokenRegistration ending = ends.Token.Register(() => end.Begin(politely: sudo));
        await using (ending.ConfigureAwait(false))
        {
            try
            {
                result = await Start(call, () => command.ExecuteAsync(end.Kill, end.Ask).Task).ConfigureAwait(false);
            }
            catch (Exception e) when (
                e is OperationCanceledException or TimeoutException && ends.IsCancellationRequested)
            {
                Log(call, "ended", start);
                throw Stopped(call, e, cancellationToken);
            }
        }

        Log(call, $"exit code {result.ExitCode}", start);
        ProgramResult answer = new(result.ExitCode, TextOf(output), error.ToString());
        return sudo ? CheckSudo(call, answer) : answer;
    }

    public async Task<ProgramStart> HoldAsync(ProgramCall call, CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        Command command = Prepare(call, out bool sudo);
        BackgroundProgram program = Start(call, () => new BackgroundProgram(command, call.Input));
        using CancellationTokenSource ends = LimitOf(call, cancellationToken);
        ProgramResult? end;
        try
        {
            end = await program.WaitForAnswerAsync(ends.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e)
        {
            Log(call, "ended", start);
            throw Stopped(call, e, cancellationToken);
        }

        Log(call, end is null ? "running" : $"exit code {end.ExitCode}", start);
        if (end is null)
            return new ProgramStart(program, null);

        await program.DisposeAsync().ConfigureAwait(false);
        return new ProgramStart(null, sudo ? CheckSudo(call, end) : end);
    }

    public async IAsyncEnumerable<string> FollowAsync(
        ProgramCall call, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Command command = Prepare(call, out bool sudo);
        log($"{call}: started");
        MonitorProgram program = Start(call, () => new MonitorProgram(command));
        await using (program.ConfigureAwait(false))
        {
            await foreach (string line in program.ReadLinesAsync(cancellationToken).ConfigureAwait(false))
                yield return line;

            ProgramResult end = await program.WaitForEndAsync().ConfigureAwait(false);
            if (sudo)
                end = CheckSudo(call, end);

            throw Failures.FollowEnded(call.ToString(), end.Complaint).ToException();
        }
    }

    private static string TextOf(MemoryStream output) =>
        Encoding.UTF8.GetString(output.GetBuffer(), 0, (int)output.Length);

    private CancellationTokenSource LimitOf(ProgramCall call, CancellationToken cancellationToken)
    {
        CancellationTokenSource ends = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        ends.CancelAfter(limit?.Invoke(call) ?? call.Limit);
        return ends;
    }

    private Exception Stopped(ProgramCall call, Exception cause, CancellationToken cancellationToken)
    {
        double seconds = (limit?.Invoke(call) ?? call.Limit).TotalSeconds;
        return cancellationToken.IsCancellationRequested
            ? new OperationCanceledException(cause.Message, cause, cancellationToken)
            : Failures.ProgramTimeout(call.Program, call.ToString(), seconds).ToException(cause);
    }

    private void Log(ProgramCall call, string state, long start) => log(string.Create(
        CultureInfo.InvariantCulture,
        $"{call}: {state} after {Stopwatch.GetElapsedTime(start).TotalMilliseconds:0.0} ms"));

    private static ProgramResult CheckSudo(ProgramCall call, ProgramResult result) =>
        SudoAnswer.Refusal(result) is string refusal
            ? throw Failures.PermissionDenied($"'{call.Program}'", $"'sudo -n' was refused: {refusal}").ToException()
            : SudoAnswer.Without(result);

    // Out of memory, a file that is no program, or a program that is just being replaced.
    private static T Start<T>(ProgramCall call, Func<T> start)
    {
        try
        {
            return start();
        }
        catch (Exception e) when (e is ExternalException or InvalidOperationException)
        {
            string reason = e.InnerException?.Message ?? e.Message;
            throw Failures.ProgramNotStarted(call.Program, reason).ToException(e);
        }
    }

    private Command Prepare(ProgramCall call, out bool sudo)
    {
        string path = ProgramPath.Find(call.Program)
            ?? throw Failures.NotInstalled(call.Program, ProgramPackage.Of(call.Program)).ToException();
        ImmutableArray<string> arguments = call.Arguments;
        sudo = call.NeedsRoot && !IsRoot;
        if (sudo)
        {
            arguments = ["-n", "--", path, .. arguments];
            path = ProgramPath.Find("sudo")
                ?? throw Failures.PermissionDenied($"'{call.Program}'", "sudo is not installed").ToException();
        }

        return Cli.Wrap(path)
            .WithArguments(arguments)
            .WithEnvironmentVariables(variables => variables.Set("LC_ALL", "C"))
            .WithValidation(CommandResultValidation.None);
    }
}
