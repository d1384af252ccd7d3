using TailSplit.Core.Compilation;
using TailSplit.Core.Model;
using TailSplit.Core.Rules;

namespace TailSplit.Tests.Core.Nftables;

/// <summary>The typed rules of several policies, as the compiler orders them.</summary>
internal static class TypedRules
{
    public static FirewallRule[] Of(IEnumerable<Policy> policies, RuleEnvironment? environment = null)
    {
        RuleEnvironment host = environment ?? RuleEnvironment.Usual;
        Policy[] ordered = [.. policies.OrderBy(policy => policy.Name.ToString(), StringComparer.Ordinal)];
        return
        [
            .. from family in host.Families
               let own = ordered.SelectMany(policy => PolicyCompiler.Compile(policy, family, host)).ToArray()
               from rule in own.Any(rule => rule.Stage == FirewallStage.Mark)
                   ? [BypassRules.Restore(family, host.EscapeMark), .. own]
                   : own
               select rule,
        ];
    }
}
