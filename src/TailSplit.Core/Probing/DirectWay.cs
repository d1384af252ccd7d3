namespace TailSplit.Core.Probing;

/// <summary>
/// What the positive control shows about the path outside the tunnel: the host's own packet must leave by it.
/// </summary>
public enum DirectWay
{
    /// <summary>The capture saw the control leave, so it would have seen a probe too.</summary>
    Seen,

    /// <summary>
    /// The host has no route outside the tunnel, and the capture saw another control.
    /// </summary>
    None,

    /// <summary>The control was not seen, so an unseen probe proves nothing.</summary>
    Unseen,
}
