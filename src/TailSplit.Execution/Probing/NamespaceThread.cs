using System.Runtime.ExceptionServices;

namespace TailSplit.Execution.Probing;

/// <summary>
/// Runs a short piece of work on a thread that may change its network namespace, and ends with the work: a thread of
/// the pool that came back in a foreign namespace would send other programs' packets there.
/// </summary>
internal static class NamespaceThread
{
    private const int StackSize = 256 * 1024;

    public static T Run<T>(Func<T> work)
    {
        T? result = default;
        ExceptionDispatchInfo? failure = null;
        Thread thread = new(
            () =>
            {
                try
                {
                    result = work();
                }
                catch (Exception e)
                {
                    failure = ExceptionDispatchInfo.Capture(e);
                }
            },
            StackSize)
        {
            IsBackground = true,
            Name = "TailSplit probe",
        };
        // The caller's execution context stays outside: nothing of it is needed in there.
        thread.UnsafeStart();
        thread.Join();
        failure?.Throw();
        return result!;
    }
}
