namespace TailSplit.Execution.Services;

/// <summary>What has to be done about a file.</summary>
public enum ServiceFileFate
{
    Keep,
    Write,
    Remove,
}
