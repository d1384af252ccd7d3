using System.Net;
using TailSplit.Core.Listing;
using TailSplit.Core.Model;
using TailSplit.Core.Rules;

namespace TailSplit.Core.Nftables;

/// <summary>Reads the action of a rule.</summary>
internal static class NftActionReader
{
    /// <summary>The action of a statement; null for one that TailSplit never writes.</summary>
    public static NftAction? Read(NativeStatement statement) => statement switch
    {
        NativeVerdictStatement { Verdict: { Kind: "goto", Chain: string chain } } => new NftAction.Goto(chain),
        NativeVerdictStatement { Verdict: { Kind: "jump", Chain: string chain } } => new NftAction.Jump(chain),
        // Only the map's own expression: another one would use the same elements differently.
        NativeVerdictMap { Map: NativeSetName name } lookup when NftNames.FindMap(name.Name) is NftMap map =>
            lookup.Key.ToString() == map.Key.Expression() ? new NftAction.Lookup(map) : null,
        _ => Verdict(statement) is FirewallVerdict verdict ? new NftAction.Decide(verdict) : null,
    };

    private static FirewallVerdict? Verdict(NativeStatement statement) => statement switch
    {
        NativeVerdictStatement { Verdict.Kind: "return" } => new FirewallVerdict.Return(),
        NativeVerdictStatement { Verdict.Kind: "drop" } => new FirewallVerdict.Drop(),
        NativeTranslation { Kind: "masquerade", Address: null, Port: null, Flags.IsEmpty: true } =>
            new FirewallVerdict.Masquerade(),
        NativeReject { Type: "icmpx", Error: "admin-prohibited" } => new FirewallVerdict.Reject(),
        NativeTranslation
        {
            Kind: "dnat",
            Address: NativeWord { Address: IPAddress to },
            Port: null,
            Flags.IsEmpty: true,
        } redirect
            when redirect.Family == NftMatchText.Ip(Cidr.Of(to).Family) => new FirewallVerdict.RedirectTo(to),
        NativeAssignment { Target: NativeField target } assignment => Assigned(target.Name, assignment.Value),
        _ => null,
    };

    private static FirewallVerdict? Assigned(string field, NativeExpression value) => field switch
    {
        "tcp option maxseg size" when value is NativeField { Name: "rt mtu" } => new FirewallVerdict.ClampSegment(),
        "meta mark" when Mark(field, value) is FwMark mark => new FirewallVerdict.SetMark(mark),
        "ct mark" when Mark(field, value) is FwMark mark => new FirewallVerdict.SaveMark(mark),
        _ => null,
    };

    // (mark & A) | B, where nft lists A with the bits of B in it. Without B where no bit is set.
    private static FwMark? Mark(string field, NativeExpression value)
    {
        uint set = 0;
        if (value is NativeBits { Operator: "|", Operands: [NativeBits masked, NativeNumber bits] })
            (value, set) = (masked, bits.Value);

        return value is NativeBits { Operator: "&", Operands: [NativeField of, NativeNumber kept] } && of.Name == field
            ? new FwMark(set, ~kept.Value | set)
            : null;
    }
}
