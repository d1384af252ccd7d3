namespace TailSplit.Output;

/// <summary>Whether a policy is whole.</summary>
public enum PolicyState
{
    /// <summary>Every rule of it is there and is reached.</summary>
    Active,

    /// <summary>Something is missing, or packets leave past the rules; the policy's Missing says what.</summary>
    Degraded,
}
