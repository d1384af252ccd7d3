using System.Management.Automation;
using TailSplit.Execution.Transactions;
using TailSplit.Tests.Engine.Hosting;
using TailSplit.Tests.Fakes;
using Xunit;

namespace TailSplit.Tests.Engine.Failing;

public sealed class LockTests
{
    [Fact]
    public async Task A_lock_that_another_holds_is_a_time_out_that_names_wait()
    {
        using Session session = new();
        ApplyLock other = new(session.Host.Machine);
        await using IAsyncDisposable held = await other.AcquireAsync(60, TestContext.Current.CancellationToken);
        string before = session.Host.Rules;

        ErrorRecord error = session.Run(
            "New-TailSplitKillswitch torrents -Wait 0").AssertError("LockTimeout", ErrorCategory.OperationTimeout);

        Assert.Equal(other.FilePath, error.TargetObject);
        Assert.Contains("-Wait", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
        Assert.Equal(before, session.Host.Rules);
    }

    [Fact]
    public async Task Waiting_for_a_lock_is_shown()
    {
        using Session session = new();
        ApplyLock other = new(session.Host.Machine);
        await using IAsyncDisposable held = await other.AcquireAsync(60, TestContext.Current.CancellationToken);

        Answer answer = session.Run("New-TailSplitKillswitch torrents -Wait 4");

        answer.AssertError("LockTimeout", ErrorCategory.OperationTimeout);
        Assert.Contains(
            answer.Progress,
            record => record.StatusDescription.StartsWith(
                "another command that is writing rules (", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Reading_and_planning_need_no_lock()
    {
        using Session session = new();
        ApplyLock other = new(session.Host.Machine);
        await using IAsyncDisposable held = await other.AcquireAsync(60, TestContext.Current.CancellationToken);

        session.Run("Get-TailSplitPolicy; Get-TailSplitRule; New-TailSplitKillswitch torrents -WhatIf -Wait 0")
            .AssertNoErrors();
    }

    [Fact]
    public async Task A_released_lock_goes_to_the_next_process()
    {
        using Session session = new();
        IAsyncDisposable held =
            await new ApplyLock(session.Host.Machine).AcquireAsync(60, TestContext.Current.CancellationToken);
        Task release = Task.Run(
            async () =>
            {
                await Task.Delay(100);
                await held.DisposeAsync();
            },
            TestContext.Current.CancellationToken);

        session.Run("New-TailSplitKillswitch torrents").AssertNoErrors();

        await release;
    }

    [Fact]
    public async Task Waiting_can_be_cancelled()
    {
        FakeHost host = UsualHost.Create();
        await using IAsyncDisposable held = await new ApplyLock(host.Machine)
            .AcquireAsync(60, TestContext.Current.CancellationToken);
        using CancellationTokenSource soon = new(TimeSpan.FromMilliseconds(50));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => new ApplyLock(host.Machine).AcquireAsync(60, soon.Token));
    }
}
