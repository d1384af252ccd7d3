using TailSplit.Core.Model;

namespace TailSplit.Core.Rules;

/// <summary>Where in the kernel a rule lives.</summary>
public enum RuleLayer
{
    /// <summary>netfilter, through iptables and ip6tables or through nft.</summary>
    Firewall,

    /// <summary>Policy routing, through ip rule.</summary>
    Routing,
}

/// <summary>
/// One line in the kernel. Closed: a rule of iptables, an object of nftables, or a <see cref="RoutingRule"/>.
/// </summary>
public abstract record Rule
{
    private protected Rule(IpFamily? family) => Family = family;

    /// <summary>The address family; null for one rule that is about both.</summary>
    public IpFamily? Family { get; }

    public abstract RuleLayer Layer { get; }

    /// <summary>The table that it stands in, as its backend names it; null for an ip rule.</summary>
    public virtual string? TableName => null;

    /// <summary>The chain that it stands in or is; null for what stands in none.</summary>
    public virtual string? ChainName => null;

    /// <summary>The policy that the rule itself names; null where it names none, as an ip rule does.</summary>
    public virtual RuleOwner? Owner => null;

    /// <summary>
    /// What makes it this rule: without what says only how it is put in. The same before it is written and as it is
    /// read back.
    /// </summary>
    public virtual Rule Identity => this;

    /// <summary>The exact command that adds this rule by hand.</summary>
    public abstract string CommandLine { get; }

    /// <summary>The exact command that removes this rule by hand.</summary>
    public abstract string RemovalCommandLine { get; }
}
