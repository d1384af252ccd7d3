using System.Runtime.ExceptionServices;

namespace TailSplit.Execution.Probing;

/// <summary>
/// Runs short work on its own thread, which may change its network namespace and ends with the work. A thread of the
/// pool would run later work in the wrong namespace.
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
        // The work does not need the caller's execution context.
        thread.UnsafeStart();
        thread.Join();
        failure?.Throw();
        return result!;
    }
}
