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

    /// <summary>Its table, as its backend names it; null for an ip rule.</summary>
    public virtual string? TableName => null;

    /// <summary>The chain that it is in, or that it is; null for a rule outside chains.</summary>
    public virtual string? ChainName => null;

    /// <summary>The policy that the rule itself names; null if it names none, as an ip rule does.</summary>
    public virtual RuleOwner? Owner => null;

    /// <summary>
    /// Its identity, without the details of how it is inserted. It is the same before it is written and after it is
    /// read back.
    /// </summary>
    public virtual Rule Identity => this;

    /// <summary>The exact command that adds this rule by hand.</summary>
    public abstract string CommandLine { get; }

    /// <summary>The exact command that removes this rule by hand.</summary>
    public abstract string RemovalCommandLine { get; }
}
