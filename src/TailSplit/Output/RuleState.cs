namespace TailSplit.Output;

/// <summary>What a command did with a rule.</summary>
public enum RuleState
{
    /// <summary>The rule is in the kernel (Get-TailSplitRule).</summary>
    Active,

    /// <summary>The rule would be added (-WhatIf).</summary>
    Planned,

    /// <summary>The rule was added.</summary>
    Applied,

    /// <summary>The rule existed already, and was not changed.</summary>
    Unchanged,

    /// <summary>The rule was removed.</summary>
    Removed,

    /// <summary>The rule would be removed (-WhatIf).</summary>
    PlannedRemoval,
}
