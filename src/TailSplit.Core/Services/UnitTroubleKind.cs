namespace TailSplit.Core.Services;

/// <summary>The problems of a unit, the most serious first.</summary>
public enum UnitTroubleKind
{
    /// <summary>It will fail at boot.</summary>
    WillFail,

    /// <summary>It runs a file as root that other users can change.</summary>
    Untrusted,

    /// <summary>systemd does not start it.</summary>
    Disabled,

    /// <summary>This user can't read whether it will start.</summary>
    Unseen,

    /// <summary>It will fail after the next update.</summary>
    Impermanent,
}
