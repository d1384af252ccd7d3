using TailSplit.Core;
using TailSplit.Core.Errors;
using TailSplit.Execution.Programs;
using Xunit;

namespace TailSplit.Tests.Engine;

/// <summary>The real runner, on programs that touch nothing.</summary>
public sealed class ProgramRunnerTests
{
    private readonly List<string> _log = [];
    private readonly ProgramRunner _runner;

    public ProgramRunnerTests() => _runner = new ProgramRunner(_log.Add);

    [Fact]
    public async Task Output_error_and_exit_code_are_a_result_and_no_exception()
    {
        ProgramResult result = await _runner.RunAsync(
            new ProgramCall("sh", "-c", "cat; echo complaint >&2; exit 3") { Input = "what it reads" },
            TestContext.Current.CancellationToken);

        Assert.Equal(new ProgramResult(3, "what it reads", "complaint\n"), result);
        Assert.False(result.Succeeded);
        Assert.Equal("complaint", result.Complaint);
    }

    [Fact]
    public void A_program_without_a_message_is_reported_with_its_exit_code() =>
        Assert.Equal("exit code 7", new ProgramResult(7, "", " \n").Complaint);

    [Fact]
    public async Task Arguments_are_never_read_by_a_shell()
    {
        const string Hostile = "$(echo no) `echo no` \"; echo no; 'x\n*";

        ProgramResult result = await _runner.RunAsync(
            new ProgramCall("printf", "%s", Hostile), TestContext.Current.CancellationToken);

        Assert.Equal(Hostile, result.Output);
    }

    [Fact]
    public async Task Programs_run_in_the_C_locale()
    {
        ProgramResult result = await _runner.RunAsync(
            new ProgramCall("sh", "-c", "printf %s \"$LC_ALL\""), TestContext.Current.CancellationToken);

        Assert.Equal("C", result.Output);
    }

    [Fact]
    public async Task Each_run_is_logged_with_its_exit_code_and_time()
    {
        await _runner.RunAsync(new ProgramCall("sh", "-c", "exit 3"), TestContext.Current.CancellationToken);

        Assert.Matches(@"^sh -c exit 3: exit code 3 after \d+\.\d ms$", Assert.Single(_log));
    }

    [Fact]
    public async Task A_program_that_is_not_installed_is_a_failure_with_its_package()
    {
        Assert.False(_runner.IsInstalled("no-such-program"));

        TailSplitException e = await Assert.ThrowsAsync<TailSplitException>(() => _runner.RunAsync(
            new ProgramCall("no-such-program"), TestContext.Current.CancellationToken));

        Assert.Equal(nameof(Failures.NotInstalled), e.Failure.Id);
    }

    [Theory]
    [InlineData("ip", "iproute2")]
    [InlineData("docker", "docker.io")]
    [InlineData("iptables-legacy-restore", "iptables")]
    [InlineData("ip6tables-save", "iptables")]
    [InlineData("conntrack", "conntrack")]
    public void Each_program_has_its_package(string program, string package) =>
        Assert.Equal(package, ProgramPackage.Of(program));

    [Fact]
    public async Task A_background_program_runs_until_it_is_disposed()
    {
        ProgramCall call = new("sh", "-c", "echo held; cat >/dev/null");

        ProgramStart start = await _runner.HoldAsync(call, TestContext.Current.CancellationToken);

        Assert.NotNull(start.Running);
        await start.Running.DisposeAsync();
    }

    [Fact]
    public async Task A_background_program_gets_its_input_at_once()
    {
        ProgramCall call = new("cat") { Input = "held\n" };

        ProgramStart start = await _runner.HoldAsync(call, TestContext.Current.CancellationToken);

        Assert.NotNull(start.Running);
        await start.Running.DisposeAsync();
    }

    [Fact]
    public async Task A_background_program_that_ends_without_an_answer_is_returned_with_its_result()
    {
        ProgramStart start = await _runner.HoldAsync(
            new ProgramCall("sh", "-c", "echo why >&2; exit 75"), TestContext.Current.CancellationToken);

        Assert.Null(start.Running);
        Assert.Equal(new ProgramResult(75, "", "why\n"), start.End);
    }

    [Fact]
    public async Task A_program_that_is_cancelled_ends_at_once()
    {
        using CancellationTokenSource soon = new(TimeSpan.FromMilliseconds(50));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => _runner.RunAsync(new ProgramCall("sleep", "60"), soon.Token));
    }

    [Fact]
    public async Task Lines_of_a_monitor_program_arrive_one_by_one_and_its_end_is_a_failure()
    {
        List<string> lines = [];

        TailSplitException e = await Assert.ThrowsAsync<TailSplitException>(async () =>
        {
            ProgramCall call = new("sh", "-c", "echo one; echo two; echo gone >&2; exit 3");
            await foreach (string line in _runner.FollowAsync(call, TestContext.Current.CancellationToken))
                lines.Add(line);
        });

        Assert.Equal(["one", "two"], lines);
        Assert.Equal(nameof(Failures.FollowEnded), e.Failure.Id);
        Assert.Contains("gone", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_monitor_program_ends_when_its_reader_stops()
    {
        int process = 0;
        await foreach (string line in _runner.FollowAsync(
            new ProgramCall("sh", "-c", "echo $$; exec sleep 60"), TestContext.Current.CancellationToken))
        {
            process = int.Parse(line, System.Globalization.CultureInfo.InvariantCulture);
            break;
        }

        Assert.False(Directory.Exists($"/proc/{process}"));
    }

    [Theory]
    [InlineData("echo $$; exec sleep 60")]
    [InlineData("trap '' INT; echo $$; while :; do sleep 0.1; done")]
    public async Task A_monitor_program_that_ignores_sigint_ends_when_it_is_cancelled(string script)
    {
        int process = 0;
        using CancellationTokenSource stop = new();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (string line in _runner.FollowAsync(new ProgramCall("sh", "-c", script), stop.Token))
            {
                process = int.Parse(line, System.Globalization.CultureInfo.InvariantCulture);
                await stop.CancelAsync();
            }
        });

        Assert.False(Directory.Exists($"/proc/{process}"));
    }
}
