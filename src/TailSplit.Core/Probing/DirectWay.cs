namespace TailSplit.Core.Probing;

/// <summary>
/// What the positive control shows of the way past the tunnel: the host's own packet that must take it.
/// </summary>
public enum DirectWay
{
    /// <summary>It was seen to leave by it: had a probe left so, it would have been seen as well.</summary>
    Seen,

    /// <summary>
    /// The host has no such way there, and the capture saw another control: there is nothing to leave by.
    /// </summary>
    None,

    /// <summary>The control was not seen, so that seeing nothing of a probe means nothing.</summary>
    Unseen,
}
