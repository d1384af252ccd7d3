using TailSplit.Core.Model;

namespace TailSplit.Core.Iptables;

/// <summary>A chain of a table of a family.</summary>
public readonly record struct ChainKey(IpFamily Family, IptablesTable Table, string Chain)
{
    public static ChainKey Of(IptablesRule rule) => new(rule.Family, rule.Table, rule.Chain);
}
