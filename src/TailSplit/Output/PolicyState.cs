namespace TailSplit.Output;

/// <summary>Whether a policy has all its rules.</summary>
public enum PolicyState
{
    /// <summary>Every rule is present and reached.</summary>
    Active,

    /// <summary>A rule is missing, or packets bypass the rules. The property Missing says what.</summary>
    Degraded,
}
