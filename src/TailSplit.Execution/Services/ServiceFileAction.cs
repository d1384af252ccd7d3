namespace TailSplit.Execution.Services;

/// <summary>What has to be done about a file.</summary>
public enum ServiceFileAction
{
    Keep,
    Write,
    Remove,
}
