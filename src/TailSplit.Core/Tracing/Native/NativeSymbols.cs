using System.Collections.Frozen;
using TailSplit.Core.Kernel;

namespace TailSplit.Core.Tracing.Native;

/// <summary>
/// The numbers of nft's words, by their field (nft(8), "describe"; the kernel's headers nf_conntrack_common.h, tcp.h,
/// icmp.h and icmpv6.h).
/// </summary>
internal static class NativeSymbols
{
    private static readonly FrozenDictionary<string, uint> s_states = Map(
        ("invalid", 1), ("established", 2), ("related", 4), ("new", 8), ("untracked", 64));

    private static readonly FrozenDictionary<string, uint> s_statuses = Map(
        ("expected", 1), ("seen-reply", 2), ("assured", 4), ("confirmed", 8), ("snat", 16), ("dnat", 32),
        ("dying", 512));

    private static readonly FrozenDictionary<string, uint> s_directions = Map(("original", 0), ("reply", 1));

    private static readonly FrozenDictionary<string, uint> s_flags = Map(
        ("fin", 1), ("syn", 2), ("rst", 4), ("psh", 8), ("ack", 16), ("urg", 32), ("ecn", 64), ("cwr", 128));

    private static readonly FrozenDictionary<string, uint> s_families = Map(("ipv4", 2), ("ipv6", 10));

    private static readonly FrozenDictionary<string, uint> s_etherTypes = Map(
        ("ip", 0x0800), ("arp", 0x0806), ("ip6", 0x86dd), ("vlan", 0x8100), ("8021q", 0x8100), ("8021ad", 0x88a8));

    private static readonly FrozenDictionary<string, uint> s_icmp = Map(
        ("echo-reply", 0), ("destination-unreachable", 3), ("source-quench", 4), ("redirect", 5), ("echo-request", 8),
        ("router-advertisement", 9), ("router-solicitation", 10), ("time-exceeded", 11), ("parameter-problem", 12),
        ("timestamp-request", 13), ("timestamp-reply", 14), ("info-request", 15), ("info-reply", 16),
        ("address-mask-request", 17), ("address-mask-reply", 18));

    private static readonly FrozenDictionary<string, uint> s_icmpCodes = Map(
        ("net-unreachable", 0), ("host-unreachable", 1), ("prot-unreachable", 2), ("port-unreachable", 3),
        ("frag-needed", 4), ("net-prohibited", 9), ("host-prohibited", 10), ("admin-prohibited", 13));

    private static readonly FrozenDictionary<string, uint> s_icmp6Codes = Map(
        ("no-route", 0), ("admin-prohibited", 1), ("addr-unreachable", 3), ("port-unreachable", 4), ("policy-fail", 5),
        ("reject-route", 6));

    private static readonly FrozenDictionary<string, uint> s_icmp6 = Map(
        ("destination-unreachable", 1), ("packet-too-big", 2), ("time-exceeded", 3), ("parameter-problem", 4),
        ("echo-request", 128), ("echo-reply", 129), ("mld-listener-query", 130), ("mld-listener-report", 131),
        ("mld-listener-done", 132), ("mld-listener-reduction", 132), ("nd-router-solicit", 133),
        ("nd-router-advert", 134), ("nd-neighbor-solicit", 135), ("nd-neighbor-advert", 136), ("nd-redirect", 137),
        ("router-renumbering", 138), ("ind-neighbor-solicit", 141), ("ind-neighbor-advert", 142),
        ("mld2-listener-report", 143));

    /// <summary>The number of a word; null if it is not known.</summary>
    /// <param name="field">The field's name.</param>
    /// <param name="word">A word, or a number as text.</param>
    public static uint? Number(string? field, string word) =>
        (field is not null && Of(field) is { } symbols && symbols.TryGetValue(word, out uint number)) ? number
        : IsProtocol(field) && ProtocolNumbers.Of(word) is int protocol ? (uint)protocol
        : MarkText.Number(word);

    private static bool IsProtocol(string? field) => field is "meta l4proto" or "ip protocol" or "ip6 nexthdr"
        or "ct protocol" or "ct original protocol" or "ct reply protocol";

    private static FrozenDictionary<string, uint>? Of(string field) => field switch
    {
        "ct state" => s_states,
        "ct status" => s_statuses,
        "ct direction" => s_directions,
        "tcp flags" => s_flags,
        "meta nfproto" or "ct l3proto" or "ct original l3proto" or "ct reply l3proto" => s_families,
        "meta protocol" or "ether type" => s_etherTypes,
        "icmp type" => s_icmp,
        "icmp code" => s_icmpCodes,
        "icmpv6 type" => s_icmp6,
        "icmpv6 code" => s_icmp6Codes,
        _ => null,
    };

    private static FrozenDictionary<string, uint> Map(params (string Word, uint Number)[] pairs) =>
        pairs.ToFrozenDictionary(pair => pair.Word, pair => pair.Number, StringComparer.Ordinal);
}
