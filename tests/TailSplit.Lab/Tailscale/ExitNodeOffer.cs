namespace TailSplit.Lab;

/// <summary>Which internet traffic the exit node carries. What it does not is lost in the tunnel.</summary>
public enum ExitNodeOffer
{
    BothFamilies,

    /// <summary>It advertises 0.0.0.0/0 alone.</summary>
    IPv4Alone,

    /// <summary>The admin has withdrawn it, while it is chosen.</summary>
    Withdrawn,
}
