namespace TailSplit.Core.Rules;

/// <summary>A transport protocol by its number (6 TCP, 17 UDP), and a destination port.</summary>
public readonly record struct ServicePort(int Protocol, int Port)
{
    public const int Tcp = 6;
    public const int Udp = 17;

    /// <summary>The port of name servers.</summary>
    public const int Dns = 53;

    /// <summary>How name servers are asked.</summary>
    public static IReadOnlyList<ServicePort> NameQuestions { get; } = [new(Udp, Dns), new(Tcp, Dns)];

    /// <summary>The protocol's name as iptables and nft write it.</summary>
    public string ProtocolName => Protocol switch
    {
        Tcp => "tcp",
        Udp => "udp",
        _ => throw new InvalidOperationException($"No rule of TailSplit is about the protocol {Protocol}."),
    };
}
