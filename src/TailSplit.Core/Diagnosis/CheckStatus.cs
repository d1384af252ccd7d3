namespace TailSplit.Core.Diagnosis;

/// <summary>What a check found.</summary>
public enum CheckStatus
{
    /// <summary>As it should be; the detail may still say something worth knowing.</summary>
    Pass,

    /// <summary>It works as things are, and may stop working, or does less than one might think.</summary>
    Warn,

    /// <summary>It does not do what was asked for.</summary>
    Fail,

    /// <summary>Could not be found out; the detail says why.</summary>
    Skipped,
}
