using System.Diagnostics;
using System.Globalization;
using TailSplit.Core;
using TailSplit.Core.Errors;
using TailSplit.Execution.Programs;
using Xunit;

namespace TailSplit.Tests.Engine.Programs;

/// <summary>The real runner on programs that hang.</summary>
public sealed class ProgramLimitTests
{
    private static readonly ProgramRunner s_runner = new(_ => { }, _ => TimeSpan.FromMilliseconds(300));

    [Theory]
    [InlineData("docker", "network ls", 15)]
    [InlineData("tailscale", "status --json", 10)]
    [InlineData("ip", "-4 -N -j rule show", 10)]
    [InlineData("ip", "-4 -batch -", 90)]
    [InlineData("iptables-save", "-c", 30)]
    [InlineData("iptables-nft-restore", "--noflush --counters --wait 30", 120)]
    [InlineData("ip6tables-restore", "--test --wait 3600", 3690)]
    [InlineData("flock", "--exclusive --timeout 20 /run/tailsplit/1.lock cat", 30)]
    [InlineData("conntrack", "-L", 30)]
    [InlineData("systemctl", "daemon-reload", 120)]
    [InlineData("sysctl", "", 30)]
    [InlineData("a-program-that-nobody-has-thought-of", "", 30)]
    public void Each_program_has_its_limit(string program, string arguments, int seconds) => Assert.Equal(
        TimeSpan.FromSeconds(seconds), new ProgramCall(program, [.. arguments.Split(' ')]).Limit);

    [Fact]
    public async Task A_program_that_hangs_is_ended_with_all_that_it_started_and_the_failure_names_it()
    {
        string ids = Path.GetTempFileName();
        try
        {
            ProgramCall call = new("sh", "-c", $"trap '' INT TERM; sleep 61 & echo $! > {ids}; echo $$ >> {ids}; wait");
            long start = Stopwatch.GetTimestamp();

            TailSplitException e = await Assert.ThrowsAsync<TailSplitException>(
                () => s_runner.RunAsync(call, TestContext.Current.CancellationToken));

            Assert.Equal((nameof(Failures.ProgramTimeout), FailureKind.Timeout), (e.Failure.Id, e.Failure.Kind));
            Assert.Equal("sh", e.Failure.Target);
            Assert.Contains("did not end within 0.3 s, and was stopped.", e.Message, StringComparison.Ordinal);
            Assert.InRange(Stopwatch.GetElapsedTime(start).TotalSeconds, 0.2, 10);
            Assert.All(await File.ReadAllLinesAsync(ids, TestContext.Current.CancellationToken), AssertEnded);
        }
        finally
        {
            File.Delete(ids);
        }
    }

    [Fact]
    public async Task A_program_whose_child_keeps_its_output_open_does_not_hold_the_caller()
    {
        ProgramCall call = new("sh", "-c", "sleep 3 & exit 0");
        long start = Stopwatch.GetTimestamp();

        await Assert.ThrowsAsync<TailSplitException>(
            () => s_runner.RunAsync(call, TestContext.Current.CancellationToken));

        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalSeconds, 0.2, 2.5);
    }

    [Fact]
    public async Task A_background_program_that_does_not_answer_is_ended()
    {
        TailSplitException e = await Assert.ThrowsAsync<TailSplitException>(
            () => s_runner.HoldAsync(new ProgramCall("sleep", "61"), TestContext.Current.CancellationToken));

        Assert.Equal(nameof(Failures.ProgramTimeout), e.Failure.Id);
    }

    [Fact]
    public async Task Waiting_for_a_background_program_can_be_cancelled_at_once()
    {
        using CancellationTokenSource soon = new(TimeSpan.FromMilliseconds(50));
        long start = Stopwatch.GetTimestamp();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => new ProgramRunner(_ => { }).HoldAsync(new ProgramCall("sleep", "61"), soon.Token));

        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalSeconds, 0, 5);
    }

    [Fact]
    public async Task A_monitor_program_that_is_stopped_by_a_signal_is_ended_and_reports_it()
    {
        int process = 0;
        TailSplitException e = await Assert.ThrowsAsync<TailSplitException>(async () =>
        {
            ProgramCall call = new("sh", "-c", "echo $$; exec sleep 61");
            await foreach (string line in s_runner.FollowAsync(call, TestContext.Current.CancellationToken))
            {
                process = int.Parse(line, CultureInfo.InvariantCulture);
                using Process stop = Process.Start("kill", ["-STOP", line]);
                await stop.WaitForExitAsync(TestContext.Current.CancellationToken);
            }
        });

        Assert.Equal(nameof(Failures.FollowEnded), e.Failure.Id);
        Assert.Contains("SIGSTOP", e.Message, StringComparison.Ordinal);
        AssertEnded($"{process}");
    }

    [Fact]
    public async Task A_file_that_is_no_program_is_a_failure_that_names_it()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("tailsplit-program-");
        string? path = Environment.GetEnvironmentVariable("PATH");
        string program = "tailsplit-no-program";
        try
        {
            string file = Path.Combine(folder.FullName, program);
            await File.WriteAllTextAsync(file, "\u007fELF nothing", TestContext.Current.CancellationToken);
            if (OperatingSystem.IsLinux())
                File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserExecute);

            Environment.SetEnvironmentVariable("PATH", $"{path}:{folder.FullName}");
            TailSplitException e = await Assert.ThrowsAsync<TailSplitException>(
                () => s_runner.RunAsync(new ProgramCall(program), TestContext.Current.CancellationToken));

            Assert.Equal(nameof(Failures.ProgramNotStarted), e.Failure.Id);
        }
        finally
        {
            Environment.SetEnvironmentVariable("PATH", path);
            folder.Delete(recursive: true);
        }
    }

    private static void AssertEnded(string process)
    {
        for (int i = 0; i < 40 && IsAlive(process); i++)
            Thread.Sleep(50);

        Assert.False(IsAlive(process), $"The process {process} goes on.");
    }

    // One that has ended stays as a zombie until its parent asks for it.
    private static bool IsAlive(string process)
    {
        try
        {
            return !File.ReadAllText($"/proc/{process}/stat").Contains(") Z ", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }
}
