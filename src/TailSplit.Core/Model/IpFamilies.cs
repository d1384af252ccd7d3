
namespace TailSplit.Core.Model;

/// <summary>Both address families, and how the kernel's tools tell them apart.</summary>
public static class IpFamilies
{
    public static IReadOnlyList<IpFamily> All { get; } = [IpFamily.IPv4, IpFamily.IPv6];

    /// <summary>The program of the family's firewall: <c>iptables</c> or <c>ip6tables</c>.</summary>
    public static string Iptables(this IpFamily family) => family == IpFamily.IPv4 ? "iptables" : "ip6tables";

    /// <summary>The option of <c>ip</c> for the family: <c>-4</c> or <c>-6</c>.</summary>
    public static string IpOption(this IpFamily family) => family == IpFamily.IPv4 ? "-4" : "-6";
}
