using System.Globalization;
using TailSplit.Core.Model;
using TailSplit.Core.Rules;

namespace TailSplit.Core.Nftables;

/// <summary>Writes the action of a rule.</summary>
internal static class NftActionText
{
    public static string Of(NftAction action) => action switch
    {
        NftAction.Decide decide => Of(decide.Verdict),
        NftAction.Goto to => $"goto {to.Chain}",
        NftAction.Jump to => $"jump {to.Chain}",
        NftAction.Lookup lookup => $"{lookup.Map.Key.Expression()} vmap @{lookup.Map.Name}",
        _ => throw new ArgumentOutOfRangeException(nameof(action)),
    };

    public static string Hex(uint value) => string.Create(CultureInfo.InvariantCulture, $"0x{value:x8}");

    private static string Of(FirewallVerdict verdict) => verdict switch
    {
        FirewallVerdict.Return => "return",
        FirewallVerdict.Drop => "drop",
        // Communication administratively prohibited, in either family, as every version of nft takes it.
        FirewallVerdict.Reject => "reject with icmpx type admin-prohibited",
        FirewallVerdict.SetMark to => Mark("meta", to.Mark),
        // nft 1.0 can not copy bits of one mark into another, so the value is written out.
        FirewallVerdict.SaveMark save => Mark("ct", save.Mark),
        FirewallVerdict.RestoreMark restore => Mark("meta", restore.Mark),
        FirewallVerdict.Masquerade => "masquerade",
        FirewallVerdict.RedirectTo to => $"dnat {NftMatchText.Ip(Cidr.Of(to.Address).Family)} to {to.Address}",
        // The lower one of the MTUs of both ways, and never a raise (net/netfilter/nft_rt.c, get_tcpmss;
        // net/netfilter/nft_exthdr.c, nft_exthdr_tcp_set_eval).
        FirewallVerdict.ClampSegment => "tcp option maxseg size set rt mtu",
        FirewallVerdict.Foreign foreign => foreign.Text,
        _ => throw new ArgumentOutOfRangeException(nameof(verdict)),
    };

    private static string Mark(string key, FwMark mark) =>
        $"{key} mark set {key} mark & {Hex(~mark.Mask)} | {Hex(mark.Value)}";
}
