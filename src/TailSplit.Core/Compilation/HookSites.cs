using TailSplit.Core.Rules;
using TailSplit.Core.Text;

namespace TailSplit.Core.Compilation;

/// <summary>What one family's live chains say about where TailSplit can hook in.</summary>
/// <param name="DockerUserExists">Whether filter has a DOCKER-USER chain.</param>
/// <param name="DockerUserReached">Whether FORWARD jumps to it before anything could let a packet pass.</param>
public sealed record HookSites(bool DockerUserExists, bool DockerUserReached)
{
    public const string DockerUser = "DOCKER-USER";
    public const string Forward = "FORWARD";
    public const string Input = "INPUT";
    public const string Postrouting = "POSTROUTING";
    public const string Prerouting = "PREROUTING";

    /// <summary>A host on which Docker has made its chains; assumed where nothing can be read.</summary>
    public static HookSites Usual { get; } = new(true, true);

    /// <summary>The foreign chains that can hold a jump of ours.</summary>
    public static IReadOnlyList<(FirewallTable Table, string Chain)> All { get; } =
    [
        (FirewallTable.Filter, DockerUser),
        (FirewallTable.Filter, Forward),
        (FirewallTable.Filter, Input),
        (FirewallTable.Nat, Prerouting),
        (FirewallTable.Nat, Postrouting),
        (FirewallTable.Mangle, Prerouting),
        (FirewallTable.Mangle, Forward),
    ];

    public static HookSites Of(SavedRuleset saved)
    {
        bool exists = saved.Find(FirewallTable.Filter, DockerUser) is not null;
        SavedChain? forward = saved.Find(FirewallTable.Filter, Forward);
        bool reached = false;
        for (int i = 0; exists && !reached && forward is not null && i < forward.Rules.Count; i++)
        {
            RuleSpecification rule = RuleSpecification.Parse(forward.Rules[i].Specification);
            reached = rule == new RuleSpecification { Target = $"-j {DockerUser}", Comment = rule.Comment };
            if (!reached && PassingRules.MayPass(saved, FirewallTable.Filter, rule))
                break;
        }

        return new HookSites(exists, reached);
    }
}
