namespace TailSplit.Lab.Transactions;

/// <summary>What goes wrong with a call of a tool.</summary>
public enum FaultMode
{
    /// <summary>It fails, and has done nothing.</summary>
    FailBefore,

    /// <summary>It fails after a part of its input, which is done.</summary>
    FailInTheMiddle,

    /// <summary>It fails, though all is done.</summary>
    FailAfter,

    /// <summary>TailSplit is killed, and the tool does nothing.</summary>
    KillBefore,

    /// <summary>TailSplit is killed once the tool is done.</summary>
    KillAfter,
}
