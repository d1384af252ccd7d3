namespace TailSplit.Execution.Services;

/// <summary>What the registration does with a file.</summary>
public enum ServiceFileAction
{
    Keep,
    Write,
    Remove,
}
