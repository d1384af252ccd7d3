using TailSplit.Core.Diagnosis;

namespace TailSplit.Output;

/// <summary>What Test-TailSplitPolicy found by one check.</summary>
public sealed class TailSplitCheck
{
    internal TailSplitCheck(CheckResult result)
    {
        Check = result.Check;
        Status = result.Status;
        Policy = result.Policy?.ToString();
        Detail = result.Detail;
        Remedy = result.Remedy;
    }

    /// <summary>The check's stable name.</summary>
    public string Check { get; }

    /// <summary>Pass, Warn, Fail or Skipped.</summary>
    public CheckStatus Status { get; }

    /// <summary>The policy that it is about; empty where it is about the host.</summary>
    public string? Policy { get; }

    /// <summary>What was seen.</summary>
    public string Detail { get; }

    /// <summary>The command that fixes it, where one does.</summary>
    public string? Remedy { get; }

    public override string ToString() => $"{Check}: {Status}";
}
