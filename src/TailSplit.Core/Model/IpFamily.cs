namespace TailSplit.Core.Model;

/// <summary>
/// An address family of the kernel: each has its own firewall, its own <c>ip rule</c> list and its own routes.
/// </summary>
public enum IpFamily
{
    /// <summary>AF_INET: <c>iptables</c>, <c>ip -4</c>.</summary>
    IPv4 = 4,

    /// <summary>AF_INET6: <c>ip6tables</c>, <c>ip -6</c>.</summary>
    IPv6 = 6,
}
