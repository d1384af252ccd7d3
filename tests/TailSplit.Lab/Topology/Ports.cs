namespace TailSplit.Lab;

/// <summary>What the lab's servers listen on, TCP and UDP alike.</summary>
public static class Ports
{
    public const int Http = 80;
    public const int Dns = 53;
    public const int Https = 443;

    /// <summary>The host's own service: out of the way of published ports.</summary>
    public const int Host = 7070;

    /// <summary>The tunnel's own datagrams.</summary>
    public const int Tunnel = 41641;
}
