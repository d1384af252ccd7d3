namespace TailSplit.Core.Rules;

/// <summary>How a policy is incomplete.</summary>
public enum GapKind
{
    /// <summary>A rule is missing, in the wrong order, or unexpected.</summary>
    Absent,

    /// <summary>A rule before TailSplit's jump may accept packets.</summary>
    Overtaken,

    /// <summary>FORWARD reaches no jump of TailSplit: neither in DOCKER-USER nor one of its own.</summary>
    Unreached,

    /// <summary>Rules of others may accept connections into the tunnel before their segment size is clamped.</summary>
    Unclamped,
}
