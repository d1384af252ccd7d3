using System.Net;

namespace TailSplit.Lab;

internal static class Ways
{
    // First match decides.
    private static readonly (IPNetwork Seen, Way Way)[] s_table =
    [
        (IPNetwork.Parse("203.0.113.0/24"), Way.Isp),
        (IPNetwork.Parse("2001:db8:113::/64"), Way.Isp),
        (IPNetwork.Parse("192.0.2.0/24"), Way.ExitNode),
        (IPNetwork.Parse("2001:db8:77::/64"), Way.ExitNode),
        (IPNetwork.Parse("100.64.0.0/10"), Way.Tailnet),
        (IPNetwork.Parse("fd7a:115c:a1e0::/48"), Way.Tailnet),
        (IPNetwork.Parse("10.0.0.0/24"), Way.Lan),
        (IPNetwork.Parse("fd00:10::/64"), Way.Lan),
        (IPNetwork.Parse("198.51.100.0/24"), Way.Internet),
        (IPNetwork.Parse("2001:db8:51::/64"), Way.Internet),
        (IPNetwork.Parse("127.0.0.0/8"), Way.Loopback),
        (IPNetwork.Parse("::1/128"), Way.Loopback),
        (IPNetwork.Parse("172.16.0.0/12"), Way.Bridge),
        (IPNetwork.Parse("192.168.0.0/16"), Way.Bridge),
        (IPNetwork.Parse("2001:db8:d::/48"), Way.Bridge),
        (IPNetwork.Parse("fd00:d::/32"), Way.Bridge),
    ];

    public static Way Of(IPAddress seen) =>
        s_table.FirstOrDefault(row => row.Seen.Contains(seen), (default, Way.Unknown)).Way;
}
