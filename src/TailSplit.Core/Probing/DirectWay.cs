namespace TailSplit.Core.Probing;

/// <summary>
/// What the positive control shows of the way outside the tunnel: the host's own packet that must take it.
/// </summary>
public enum DirectWay
{
    /// <summary>It was seen to leave there, so a probe would have been seen too.</summary>
    Seen,

    /// <summary>
    /// The host has no such way, and the capture saw another control.
    /// </summary>
    None,

    /// <summary>The control was not seen, so an unseen probe proves nothing.</summary>
    Unseen,
}
