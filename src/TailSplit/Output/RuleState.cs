namespace TailSplit.Output;

/// <summary>What a command did with a rule, or found.</summary>
public enum RuleState
{
    /// <summary>It is in the kernel (Get-TailSplitRule).</summary>
    Active,

    /// <summary>It would be added; nothing was written (-WhatIf).</summary>
    Planned,

    /// <summary>It was added.</summary>
    Applied,

    /// <summary>It was there already, and was left alone.</summary>
    Unchanged,

    /// <summary>It was removed; with -WhatIf it would be, and is <see cref="PlannedRemoval"/>.</summary>
    Removed,

    /// <summary>It would be removed; nothing was written (-WhatIf).</summary>
    PlannedRemoval,
}
