using TailSplit.Core.Iptables;
using TailSplit.Core.Model;

namespace TailSplit.Core.Rules;

/// <summary>Where in the kernel a rule lives.</summary>
public enum RuleLayer
{
    /// <summary>netfilter, through iptables and ip6tables.</summary>
    Firewall,

    /// <summary>Policy routing, through ip rule.</summary>
    Routing,
}

/// <summary>One line in the kernel. Closed: <see cref="IptablesRule"/> or <see cref="RoutingRule"/>.</summary>
public abstract record Rule
{
    private protected Rule(IpFamily family) => Family = family;

    public IpFamily Family { get; }

    public abstract RuleLayer Layer { get; }

    /// <summary>The exact command that adds this rule by hand.</summary>
    public abstract string CommandLine { get; }

    /// <summary>The exact command that removes this rule by hand.</summary>
    public abstract string RemovalCommandLine { get; }
}
