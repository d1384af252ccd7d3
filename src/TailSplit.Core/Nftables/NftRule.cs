using System.Globalization;
using TailSplit.Core.Model;
using TailSplit.Core.Rules;

namespace TailSplit.Core.Nftables;

/// <summary>One rule of a chain.</summary>
/// <param name="Chain">The chain.</param>
/// <param name="Family">
/// The family, where the rule itself says one; null where it is about every packet that comes into its chain.
/// </param>
/// <param name="Match">Which packets. What led into the chain is not repeated.</param>
/// <param name="Action">What is done.</param>
public sealed record NftRule(string Chain, IpFamily? Family, PacketMatch Match, NftAction Action) : NftObject(Family)
{
    /// <summary>What the owner says beyond its kind and name; null for nothing.</summary>
    public string? Comment { get; init; }

    /// <summary>The kernel's number of the rule in its table; null for one that was not read from there.</summary>
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

    // The kernel numbers a rule when it takes it in: before that there is only the command that will show the number.
    public override string RemovalCommandLine =>
        Handle is null ? $"nft -a list chain {TablePlace} {Chain}" : base.RemovalCommandLine;

    internal override string Reference => string.Create(CultureInfo.InvariantCulture, $"handle {Handle}");

    /// <summary>
    /// Whether the kernel counts its packets: what ends packets, what marks them, and what lets them out of a policy's
    /// chain by an interface.
    /// </summary>
    internal bool Counts => Action is NftAction.Decide { Verdict: FirewallVerdict verdict } && verdict switch
    {
        FirewallVerdict.Drop or FirewallVerdict.Reject or FirewallVerdict.SetMark => true,
        FirewallVerdict.Return => Match.Out is not null && NftNames.IsPolicyChain(Chain),
        _ => false,
    };

    /// <summary>The family that match and action alone tell nft; null for none.</summary>
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
                : string.Create(CultureInfo.InvariantCulture, $"counter packets {counters.Packets} bytes {counters.Bytes}");
        string[] parts = [family, NftMatchText.Of(Match), counter, NftActionText.Of(Action)];
        return string.Join(' ', parts.Where(part => part.Length > 0)) + NftMatchText.Comment(Comment);
    }

    public bool Equals(NftRule? other) =>
        other is not null && (Chain, Family, Comment) == (other.Chain, other.Family, other.Comment)
        && Match == other.Match && Action == other.Action;

    public override int GetHashCode() => HashCode.Combine(Chain, Family, Match, Action, Comment);
}
