namespace TailSplit.Core.Model;

/// <summary>What a killswitch does in the firewall with a packet that must not pass.</summary>
public enum BlockAction
{
    /// <summary>Discard it; the sender sees a time-out where routing has not refused it before.</summary>
    Drop,

    /// <summary>Answer with ICMP "administratively prohibited"; the sender sees an error at once.</summary>
    Reject,
}
