namespace TailSplit.Lab;

public enum Protocol
{
    Tcp,
    Udp,
}
