using System.Collections.Frozen;
using System.Globalization;

namespace TailSplit.Core.Kernel;

/// <summary>
/// The numbers of protocols in an IP header (IANA), by the names that iptables, nft and ip print (libxtables
/// xtables_chain_protos, nft datatype.c, and /etc/protocols of Debian's netbase).
/// </summary>
public static class ProtocolNumbers
{
    private static readonly FrozenDictionary<string, int> s_names = new Dictionary<string, int>
    {
        ["icmp"] = 1,
        ["igmp"] = 2,
        ["ipencap"] = 4,
        ["tcp"] = 6,
        ["egp"] = 8,
        ["igp"] = 9,
        ["udp"] = 17,
        ["dccp"] = 33,
        ["ipv6"] = 41,
        ["ipv6-route"] = 43,
        ["ipv6-frag"] = 44,
        ["rsvp"] = 46,
        ["gre"] = 47,
        ["esp"] = 50,
        ["ipv6-crypt"] = 50,
        ["ah"] = 51,
        ["ipv6-auth"] = 51,
        ["ipv6-icmp"] = 58,
        ["icmpv6"] = 58,
        ["ipv6-nonxt"] = 59,
        ["ipv6-opts"] = 60,
        ["eigrp"] = 88,
        ["ospf"] = 89,
        ["ipip"] = 94,
        ["etherip"] = 97,
        ["encap"] = 98,
        ["pim"] = 103,
        ["comp"] = 108,
        ["ipcomp"] = 108,
        ["vrrp"] = 112,
        ["l2tp"] = 115,
        ["sctp"] = 132,
        ["mh"] = 135,
        ["ipv6-mh"] = 135,
        ["mobility-header"] = 135,
        ["udplite"] = 136,
        ["hip"] = 139,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The number of a protocol.</summary>
    /// <param name="text">Its name or number.</param>
    /// <returns>Null for an unknown name.</returns>
    public static int? Of(string text) => s_names.TryGetValue(text, out int number) ? number
        : byte.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out byte plain) ? plain
        : null;
}
