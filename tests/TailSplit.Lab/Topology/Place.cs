using System.Net;
using System.Net.Sockets;

namespace TailSplit.Lab;

/// <summary>An address that packets can be sent to, in both families.</summary>
public sealed record Place(string Name, IPAddress V4, IPAddress V6)
{
    public static Place Internet { get; } = Of("internet", "198.51.100.10", "2001:db8:51::10");

    /// <summary>A name server in the internet, which notes who asks: see <see cref="Lab.Resolver"/>.</summary>
    public static Place Resolver { get; } = Of("resolver", "198.51.100.53", "2001:db8:51::53");

    public static Place IspGateway { get; } = Of("isp gateway", "203.0.113.1", "2001:db8:113::1");

    /// <summary>The exit node's own address in the internet: what servers see of traffic that left by it.</summary>
    public static Place ExitNode { get; } = Of("exit node", "192.0.2.77", "2001:db8:77::77");

    /// <summary>The exit node as a peer in the tailnet.</summary>
    public static Place Tailnet { get; } = Of("tailnet", "100.64.0.9", "fd7a:115c:a1e0::9");

    public static Place MagicDns { get; } = Of("MagicDNS", "100.100.100.100", "fd7a:115c:a1e0::53");

    /// <summary>A machine behind a subnet router: reached through the tailnet by an accepted route.</summary>
    public static Place SubnetRoute { get; } = Of("subnet route", "10.77.0.1", "fd00:77::1");

    public static Place Lan { get; } = Of("lan", "10.0.0.20", "fd00:10::20");

    /// <summary>The Docker host itself, by its address at the ISP.</summary>
    public static Place HostWan { get; } = Of("host (wan)", "203.0.113.2", "2001:db8:113::2");

    public static Place HostLan { get; } = Of("host (lan)", "10.0.0.5", "fd00:10::5");

    public static Place HostTailnet { get; } = Of("host (tailnet)", "100.101.102.103", "fd7a:115c:a1e0::103");

    public static Place HostLoopback { get; } = Of("host (loopback)", "127.0.0.1", "::1");

    public IPAddress At(AddressFamily family) => family is AddressFamily.InterNetworkV6 ? V6 : V4;

    public override string ToString() => Name;

    private static Place Of(string name, string v4, string v6) => new(name, IPAddress.Parse(v4), IPAddress.Parse(v6));
}
