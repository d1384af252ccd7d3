using TailSplit.Core.Diagnosis;

namespace TailSplit.Output;

/// <summary>The result of one check of Test-TailSplitPolicy.</summary>
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

    /// <summary>The stable name of the check.</summary>
    public string Check { get; }

    /// <summary>Pass, Warn, Fail or Skipped.</summary>
    public CheckStatus Status { get; }

    /// <summary>The policy; empty for a check of the host.</summary>
    public string? Policy { get; }

    /// <summary>What the check found.</summary>
    public string Detail { get; }

    /// <summary>The command that fixes the fault; empty if none does.</summary>
    public string? Remedy { get; }

    public override string ToString() => $"{Check}: {Status}";
}
