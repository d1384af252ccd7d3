using TailSplit.Core.Model;
using TailSplit.Core.Rules;

namespace TailSplit.Core.Compilation;

/// <summary>Which chain: of a family, of a table.</summary>
public readonly record struct ChainKey(IpFamily Family, FirewallTable Table, string Chain)
{
    public static ChainKey Of(FirewallRule rule) => new(rule.Family, rule.Table, rule.Chain);
}
