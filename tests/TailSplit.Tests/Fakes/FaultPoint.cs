namespace TailSplit.Tests.Fakes;

/// <summary>How much of its work a program has done when it fails.</summary>
public enum FaultPoint
{
    /// <summary>None of it.</summary>
    Before,

    /// <summary>Half of the tables of a restore, half of the lines of a batch.</summary>
    Halfway,

    /// <summary>All of it, but it says otherwise.</summary>
    After,

    /// <summary>None, and it never ends unless it is stopped.</summary>
    Hang,
}
