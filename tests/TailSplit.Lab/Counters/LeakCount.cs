namespace TailSplit.Lab;

/// <summary>Packets by protocol, of both families; <paramref name="V6"/> of them were IPv6.</summary>
public sealed record LeakCount(long Tcp, long Udp, long Icmp, long Other, long V6)
{
    public long Total => Tcp + Udp + Icmp + Other;
}
