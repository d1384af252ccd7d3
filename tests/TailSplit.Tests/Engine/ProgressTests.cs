using System.Management.Automation;
using TailSplit.Tests.Engine.Hosting;
using Xunit;

namespace TailSplit.Tests.Engine;

/// <summary>What takes longer than a second says what it is waiting for.</summary>
public sealed class ProgressTests : IDisposable
{
    private readonly Session _session = new();

    public void Dispose() => _session.Dispose();

    [Theory]
    [InlineData("Get-DockerNetwork", "docker network ls")]
    [InlineData("Get-TailSplitPolicy", "docker network ls")]
    [InlineData("New-TailSplitBypass media", "docker network inspect")]
    [InlineData("Get-DockerNetwork torrents, games | New-TailSplitKillswitch -WhatIf", "docker network ls")]
    public void A_slow_program_is_named_from_the_second_second_on(string script, string program)
    {
        _session.Given($"New-TailSplitBypass -Network media");
        _session.Host.Duration = call => call.ToString().StartsWith(
            program, StringComparison.Ordinal) ? TimeSpan.FromSeconds(1.3) : TimeSpan.Zero;

        Answer answer = _session.Run(script).AssertNoErrors();

        ProgressRecord[] processing =
            [.. answer.Progress.Where(record => record.RecordType == ProgressRecordType.Processing)];
        Assert.Contains(processing, record => record.StatusDescription.StartsWith(program, StringComparison.Ordinal)
            && record.StatusDescription.EndsWith("(1 s)", StringComparison.Ordinal));
        Assert.All(processing, record => Assert.Equal(script.Split(' ')[0], record.Activity));
        Assert.Equal(ProgressRecordType.Completed, answer.Progress[^1].RecordType);
    }

    [Fact]
    public void Several_short_waits_that_make_more_than_a_second_are_one_wait()
    {
        _session.Host.Duration = call => call.Program == "docker" ? TimeSpan.FromSeconds(0.4) : TimeSpan.Zero;

        Answer answer = _session.Run("New-TailSplitBypass media, games, torrents -WhatIf").AssertNoErrors();

        Assert.Contains(
            answer.Progress,
            record => record.StatusDescription.StartsWith("docker ", StringComparison.Ordinal));
        Assert.Equal(ProgressRecordType.Completed, answer.Progress[^1].RecordType);
    }

    [Fact]
    public void A_quick_command_shows_no_progress() =>
        Assert.Empty(_session.Run(
            "Get-DockerNetwork | New-TailSplitKillswitch; Get-TailSplitPolicy; Remove-TailSplitPolicy *").Progress);

    [Fact]
    public void A_program_that_fails_after_a_while_leaves_no_progress_behind()
    {
        _session.Host.Docker.IsRunning = false;
        _session.Host.Duration = _ => TimeSpan.FromSeconds(1.2);

        Answer answer = _session.Run("Get-DockerNetwork");

        answer.AssertError("DockerUnavailable", ErrorCategory.ResourceUnavailable);
        Assert.Equal(ProgressRecordType.Completed, answer.Progress[^1].RecordType);
    }
}
