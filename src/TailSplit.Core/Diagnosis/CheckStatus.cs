namespace TailSplit.Core.Diagnosis;

/// <summary>The status of a check.</summary>
public enum CheckStatus
{
    /// <summary>No problem; the detail states what was seen.</summary>
    Pass,

    /// <summary>It works now, but may stop working, or does less than expected.</summary>
    Warn,

    /// <summary>It does not do what the policy or setting requires.</summary>
    Fail,

    /// <summary>The check could not read what it needs; the detail says why.</summary>
    Skipped,
}
