using CliWrap;
using CliWrap.Buffered;

namespace TailSplit.Lab;

/// <summary>Runs programs to their end, each bounded in time.</summary>
public static class Programs
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);

    public static async Task<ProgramOutput> Run(string program, IEnumerable<string> arguments, string? input = null) =>
        (await TryRun(program, arguments, input)).OrThrow();

    public static async Task<ProgramOutput> TryRun(
        string program,
        IEnumerable<string> arguments,
        string? input = null,
        IReadOnlyDictionary<string, string?>? environment = null,
        TimeSpan? limit = null)
    {
        Command command = Cli.Wrap(program)
            .WithArguments(arguments)
            .WithStandardInputPipe(input is null ? PipeSource.Null : PipeSource.FromString(input))
            .WithEnvironmentVariables(environment ?? new Dictionary<string, string?>())
            .WithValidation(CommandResultValidation.None);
        using CancellationTokenSource end = new(limit ?? s_limit);
        try
        {
            BufferedCommandResult result = await command.ExecuteBufferedAsync(end.Token);
            return new(command.ToString(), result.ExitCode, result.StandardOutput, result.StandardError);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"'{command}' did not end within {(limit ?? s_limit).TotalSeconds} s.");
        }
    }
}
