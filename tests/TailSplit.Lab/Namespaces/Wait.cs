namespace TailSplit.Lab;

/// <summary>Bounded waiting for what the kernel or a daemon does in its own time.</summary>
internal static class Wait
{
    private static readonly TimeSpan s_step = TimeSpan.FromMilliseconds(10);

    public static Task Until(Func<bool> condition, string what, TimeSpan? limit = null) =>
        Until(() => Task.FromResult(condition()), what, limit);

    public static async Task Until(Func<Task<bool>> condition, string what, TimeSpan? limit = null)
    {
        TimeSpan bound = limit ?? TimeSpan.FromSeconds(10);
        for (long start = TimeProvider.System.GetTimestamp(); !await condition(); await Task.Delay(s_step))
        {
            if (TimeProvider.System.GetElapsedTime(start) > bound)
            {
                throw new TimeoutException($"Waited {bound.TotalSeconds} s in vain for {what}.");
            }
        }
    }
}
