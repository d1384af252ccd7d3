namespace TailSplit.Lab;

/// <summary>Packets by protocol, of both families; <paramref name="V6"/> of them were IPv6.</summary>
public sealed record LeakCount(long Tcp, long Udp, long Icmp, long Other, long V6)
{
    public static LeakCount None { get; } = new(0, 0, 0, 0, 0);

    /// <summary>The first flows among them, for a failure to name.</summary>
    public string Flows { get; init; } = "";

    public long Total => Tcp + Udp + Icmp + Other;
}
