using TailSplit.Core.Model;
using TailSplit.Core.Rules;

namespace TailSplit.Core.Compilation;

/// <summary>Turns one policy into firewall rules, for either backend.</summary>
public static class PolicyCompiler
{
    /// <returns>The rules of one address family, each stage's in their order.</returns>
    public static IEnumerable<FirewallRule> Compile(Policy policy, IpFamily family, RuleEnvironment environment) =>
    [
        .. SourceNatRules.Of(policy, family),
        .. policy switch
        {
            KillswitchPolicy killswitch => (IEnumerable<FirewallRule>)
            [
                .. KillswitchRules.Entries(killswitch, family),
                .. KillswitchRules.Chain(killswitch, family, environment),
                .. KillswitchRules.Host(killswitch, family),
                .. DnsRules.Redirections(killswitch, family),
                .. SegmentSizeRules.AreWritten(killswitch, environment) ? SegmentSizeRules.Of(killswitch, family) : [],
            ],
            BypassPolicy bypass =>
            [
                .. BypassRules.Entries(bypass, family),
                .. BypassRules.Chain(bypass, family, environment.EscapeMark),
            ],
            _ => throw new ArgumentOutOfRangeException(nameof(policy)),
        },
    ];
}
