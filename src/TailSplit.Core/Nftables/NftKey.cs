using TailSplit.Core.Model;
using TailSplit.Core.Rules;

namespace TailSplit.Core.Nftables;

/// <summary>The part of a packet that a verdict map looks up.</summary>
public enum NftKey
{
    /// <summary>The interface by which the packet came in.</summary>
    In,

    /// <summary>The source address, IPv4.</summary>
    Source4,

    /// <summary>The source address, IPv6.</summary>
    Source6,

    /// <summary>The destination address, IPv4.</summary>
    Destination4,

    /// <summary>The destination address, IPv6.</summary>
    Destination6,

    /// <summary>The interfaces by which the packet came in and leaves.</summary>
    Way,
}

/// <summary>How keys of verdict maps are written.</summary>
internal static class NftKeys
{
    /// <summary>The expression that a rule looks up.</summary>
    public static string Expression(this NftKey key) => key switch
    {
        NftKey.In => "iifname",
        NftKey.Source4 => "ip saddr",
        NftKey.Source6 => "ip6 saddr",
        NftKey.Destination4 => "ip daddr",
        NftKey.Destination6 => "ip6 daddr",
        NftKey.Way => "iifname . oifname",
        _ => throw new ArgumentOutOfRangeException(nameof(key)),
    };

    /// <summary>The type of the map's keys. Prefixes need intervals; no two of one map may overlap.</summary>
    public static string Type(this NftKey key) => key switch
    {
        NftKey.In => "type ifname : verdict;",
        NftKey.Source4 or NftKey.Destination4 => "type ipv4_addr : verdict; flags interval;",
        NftKey.Source6 or NftKey.Destination6 => "type ipv6_addr : verdict; flags interval;",
        NftKey.Way => "type ifname . ifname : verdict;",
        _ => throw new ArgumentOutOfRangeException(nameof(key)),
    };

    /// <summary>The family of the packets that can have such a key; null for both.</summary>
    public static IpFamily? Family(this NftKey key) => key switch
    {
        NftKey.Source4 or NftKey.Destination4 => IpFamily.IPv4,
        NftKey.Source6 or NftKey.Destination6 => IpFamily.IPv6,
        _ => null,
    };

    /// <summary>The side of a packet that the key uses: the suffix of the names of maps and of their chains.</summary>
    public static string Side(this NftKey key) => key switch
    {
        NftKey.In => "in",
        NftKey.Source4 or NftKey.Source6 => "from",
        NftKey.Destination4 or NftKey.Destination6 => "to",
        NftKey.Way => "way",
        _ => throw new ArgumentOutOfRangeException(nameof(key)),
    };

    /// <summary>The key of a packet, in a map.</summary>
    public static string Text(this NftKey key, PacketMatch packet) => key switch
    {
        NftKey.In => NftMatchText.Quoted(packet.In),
        NftKey.Source4 or NftKey.Source6 => packet.Source!.Value.AddressOrPrefix,
        NftKey.Destination4 or NftKey.Destination6 => packet.Destination!.Value.AddressOrPrefix,
        NftKey.Way => $"{NftMatchText.Quoted(packet.In)} . {NftMatchText.Quoted(packet.Out)}",
        _ => throw new ArgumentOutOfRangeException(nameof(key)),
    };

    /// <summary>A match without the part of the key.</summary>
    public static PacketMatch Without(this NftKey key, PacketMatch match) => key switch
    {
        NftKey.In => match with { In = null },
        NftKey.Source4 or NftKey.Source6 => match with { Source = null },
        NftKey.Destination4 or NftKey.Destination6 => match with { Destination = null },
        NftKey.Way => match with { In = null, Out = null },
        _ => throw new ArgumentOutOfRangeException(nameof(key)),
    };

    /// <summary>Whether two keys can't be in one map.</summary>
    public static bool Collide(this NftKey key, PacketMatch one, PacketMatch other) => key switch
    {
        NftKey.Source4 or NftKey.Source6 => one.Source!.Value.Overlaps(other.Source!.Value),
        NftKey.Destination4 or NftKey.Destination6 => one.Destination!.Value.Overlaps(other.Destination!.Value),
        _ => one == other,
    };
}
