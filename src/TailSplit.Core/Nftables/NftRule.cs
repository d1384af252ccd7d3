using System.Globalization;
using TailSplit.Core.Model;
using TailSplit.Core.Rules;

namespace TailSplit.Core.Nftables;

/// <summary>One rule of a chain.</summary>
/// <param name="Chain">The chain.</param>
/// <param name="Family">
/// The family, if the rule itself names one; null if it applies to every packet of its chain.
/// </param>
/// <param name="Match">The packets. The matches on the way into the chain are not repeated.</param>
/// <param name="Action">The action.</param>
public sealed record NftRule(string Chain, IpFamily? Family, PacketMatch Match, NftAction Action) : NftObject(Family)
{
    /// <summary>The details of the owner beyond kind and name; null for none.</summary>
    public string? Comment { get; init; }

    /// <summary>The kernel's handle of the rule; null for a rule that was not read.</summary>
    public long? Handle { get; init; }

    public override RuleOwner? Owner => NftNames.PolicyOf(Chain, Comment) ?? (Action switch
    {
        NftAction.Goto to => NftNames.PolicyOf(to.Chain, Comment),
        _ => RuleOwner.TryParse(Comment, out RuleOwner? owner) ? owner : null,
    });

    /// <summary>Whether it is a rule that TailSplit could have written.</summary>
    public bool IsOurs => !Match.HasForeignParts && Action is not NftAction.Decide { Verdict: FirewallVerdict.Foreign };

    internal override string Place => $"rule {TablePlace} {Chain}";

    internal override string Definition => Text(default);

    // The kernel assigns the handle when it adds the rule. Before that, only a command that shows the handle is
    // possible.
    public override string RemovalCommandLine =>
        Handle is null ? $"nft -a list chain {TablePlace} {Chain}" : base.RemovalCommandLine;

    internal override string Reference => string.Create(CultureInfo.InvariantCulture, $"handle {Handle}");

    /// <summary>
    /// Whether the kernel counts its packets: rules that drop or mark packets, and those that let them leave a policy's
    /// chain by an interface.
    /// </summary>
    internal bool Counts => Action is NftAction.Decide { Verdict: FirewallVerdict verdict } && verdict switch
    {
        FirewallVerdict.Drop or FirewallVerdict.Reject or FirewallVerdict.SetMark => true,
        FirewallVerdict.Return => Match.Out is not null && NftNames.IsPolicyChain(Chain),
        _ => false,
    };

    /// <summary>The family that nft derives from match and action; null for none.</summary>
    internal static IpFamily? Implied(PacketMatch match, NftAction action) =>
        match.Source?.Family ?? match.Destination?.Family ?? match.Reply?.Responder?.Family
        ?? (match.IcmpV6Type is null ? default(IpFamily?) : IpFamily.IPv6)
        ?? action switch
        {
            NftAction.Lookup lookup => lookup.Map.Family,
            NftAction.Decide { Verdict: FirewallVerdict.RedirectTo to } => Cidr.Of(to.Address).Family,
            _ => null,
        };

    /// <summary>The rule after its chain's name.</summary>
    internal string Text(RuleCounters counters)
    {
        string family = Family is IpFamily one && Implied(Match, Action) is null
            ? $"meta nfproto {(one == IpFamily.IPv4 ? "ipv4" : "ipv6")}"
            : "";
        string counter = !Counts
            ? ""
            : counters == default
                ? "counter"
                : string.Create(
                    CultureInfo.InvariantCulture, $"counter packets {counters.Packets} bytes {counters.Bytes}");
        string[] parts = [family, NftMatchText.Of(Match), counter, NftActionText.Of(Action)];
        return string.Join(' ', parts.Where(part => part.Length > 0)) + NftMatchText.Comment(Comment);
    }

    public bool Equals(NftRule? other) =>
        other is not null && (Chain, Family, Comment) == (other.Chain, other.Family, other.Comment)
        && Match == other.Match && Action == other.Action;

    public override int GetHashCode() => HashCode.Combine(Chain, Family, Match, Action, Comment);
}
