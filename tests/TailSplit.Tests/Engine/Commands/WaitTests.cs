using TailSplit.Commands;
using Xunit;

namespace TailSplit.Tests.Engine.Commands;

/// <summary>How a cmdlet waits for its work.</summary>
public sealed class WaitTests
{
    [Fact]
    public void A_clock_that_goes_on_between_two_looks_never_gives_a_negative_wait()
    {
        SteppingTime time = new();
        WaitClock clock = new(time);
        clock.Start();

        for (int i = 0; i < 4000; i++)
        {
            Assert.InRange(clock.UntilNextReport, TimeSpan.Zero, TimeSpan.FromSeconds(1));
            clock.Tick();
        }
    }

    [Fact]
    public void A_message_after_the_end_of_the_work_is_dropped()
    {
        MessageQueue messages = new();
        messages.Post(() => { });
        messages.Close();
        messages.Post(() => { });

        Assert.False(messages.IsDone);
        Assert.NotNull(messages.Take(TimeSpan.Zero));
        Assert.True(messages.IsDone);
        Assert.Null(messages.Take(TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public void Messages_arrive_in_order_and_the_end_of_the_work_wakes_the_waiting_thread()
    {
        MessageQueue messages = new();
        List<int> said = [];
        Thread work = new(() =>
        {
            for (int i = 0; i < 100; i++)
            {
                int number = i;
                messages.Post(() => said.Add(number));
            }

            messages.Close();
        });
        work.Start();

        while (!messages.IsDone)
            messages.Take(TimeSpan.FromSeconds(10))?.Invoke();

        work.Join();
        Assert.Equal(Enumerable.Range(0, 100), said);
    }

    [Fact]
    public void A_cmdlet_can_be_stopped_and_receive_messages_after_its_end()
    {
        ProbeCommand command = new();
        command.Dispose();

        command.Stop();
        command.Say();
    }

    [Fact]
    public void Work_has_ended_when_a_wait_fails_though_its_cancellation_fails_too()
    {
        using ProbeCommand command = new();

        Assert.ThrowsAny<Exception>(command.WaitForWorkThatFailsToStop);
        Assert.True(command.WorkHasEnded);
    }

    [Fact]
    public void A_cmdlet_whose_work_fails_to_stop_is_stopped_without_an_error()
    {
        using ProbeCommand command = new();
        using CancellationTokenRegistration failing = command.FailOnStop();

        command.Stop();
    }

    private sealed class ProbeCommand : CancellableCommand
    {
        private volatile bool _workHasEnded;

        public bool WorkHasEnded => _workHasEnded;

        // Nothing can be written without an engine, so the first message fails, and the wait stops the work.
        public void WaitForWorkThatFailsToStop() => Await(async stop =>
        {
            using CancellationTokenRegistration failing = Fail(stop);
            TaskCompletionSource stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
            using CancellationTokenRegistration told = stop.Register(stopped.SetResult);
            Log("first");
            await stopped.Task;
            await Task.Delay(50, CancellationToken.None);
            _workHasEnded = true;
        });

        public CancellationTokenRegistration FailOnStop()
        {
            CancellationTokenRegistration failing = default;
            Await(stop =>
            {
                failing = Fail(stop);
                return Task.CompletedTask;
            });
            return failing;
        }

        private static CancellationTokenRegistration Fail(CancellationToken stop) =>
            stop.Register(() => throw new InvalidOperationException("It can't be stopped."));

        public void Stop() => StopProcessing();

        public void Say() => Log("late");
    }

    // Each look takes a millisecond, as where the machine is busy.
    private sealed class SteppingTime : TimeProvider
    {
        private long _ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _ticks += TimeSpan.TicksPerMillisecond;
    }
}
