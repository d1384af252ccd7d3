namespace TailSplit.Core;

/// <summary>A <see cref="Core.Failure"/> on its way to the code that reports it.</summary>
public sealed class TailSplitException(Failure failure, Exception? cause = null) : Exception(failure.Message, cause)
{
    public Failure Failure { get; } = failure;
}
