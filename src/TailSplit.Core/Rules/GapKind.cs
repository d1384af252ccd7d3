namespace TailSplit.Core.Rules;

/// <summary>In which way a policy is not whole.</summary>
public enum GapKind
{
    /// <summary>A rule is not there, is in the wrong order, or should not be there.</summary>
    Absent,

    /// <summary>A jump of TailSplit's stands behind a rule that may let packets pass it by.</summary>
    Overtaken,

    /// <summary>FORWARD leads to none of our jumps: DOCKER-USER is not reached, and there is no jump instead.</summary>
    Unreached,

    /// <summary>Rules of others may accept connections into the tunnel before their segment size is clamped.</summary>
    Unclamped,
}
