using TailSplit.Core.Iptables;
using TailSplit.Core.Model;
using TailSplit.Core.Rules;
using TailSplit.Tests.Fakes.Routing;

namespace TailSplit.Tests.Core.ModelKernel;

/// <summary>The places of TailSplit's own rules in a kernel, and how to take one out by hand.</summary>
internal static class Places
{
    public static IReadOnlyList<OwnPlace> Own(this KernelModel kernel) =>
    [
        .. from family in KernelModel.Families
           from table in kernel.Firewall[family].Tables
           from chain in table.Chains
           from at in Enumerable.Range(0, chain.Rules.Count)
           where OwnChains.IsOwn(chain.Name)
               || OwnChains.IsOwn(chain.Rules[at].Target)
           select new OwnPlace(family, table.Name, chain.Name, at, chain.Rules[at].Specification),
        .. from family in KernelModel.Families
           from rule in kernel.Routing[family].Rules
           where rule.Protocol == RoutingRule.Protocol
           select new OwnPlace(family, "", "", -1, $"{rule}") { Routing = rule },
    ];

    public static void TakeOut(this KernelModel kernel, OwnPlace place)
    {
        if (place.Routing is FakeRoutingRule rule)
            kernel.Routing[place.Family].TakeOut(rule);
        else
            kernel.Firewall[place.Family].Find(place.Table, place.Chain)!.Rules.RemoveAt(place.At);
    }
}

/// <summary>Where one rule is.</summary>
internal sealed record OwnPlace(IpFamily Family, string Table, string Chain, int At, string Text)
{
    public FakeRoutingRule? Routing { get; init; }

    /// <summary>Whether this rule, as the compiler writes it, is the one at this place.</summary>
    public bool Holds(Rule rule) => rule switch
    {
        IptablesRule firewall => Routing is null && firewall.Family == Family && firewall.Table.NameOf() == Table
            && firewall.Chain == Chain && Neutral(firewall.Specification.ToString()) == Neutral(Text),
        RoutingRule routing =>
            Routing is not null && routing.Family == Family && FakeRoutingRules.Parse(Family, routing.Selector) == Routing,
        _ => false,
    };

    private static string Neutral(string text) =>
        text.Replace($"\"{RuleOwner.CreatedChainComment}\"", RuleOwner.SharedComment, StringComparison.Ordinal);
}
