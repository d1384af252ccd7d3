namespace TailSplit.Core.Services;

/// <summary>What is wrong with a unit, the gravest first.</summary>
public enum UnitTroubleKind
{
    /// <summary>It will fail when the host starts.</summary>
    WillFail,

    /// <summary>It runs as root what others can change.</summary>
    Untrusted,

    /// <summary>systemd does not start it.</summary>
    Disabled,

    /// <summary>This user can't see whether it will start.</summary>
    Unseen,

    /// <summary>It starts until the next update.</summary>
    Impermanent,
}
