using TailSplit.Core.Compilation;
using TailSplit.Core.Foreign;
using TailSplit.Core.Hosts;
using TailSplit.Core.Iptables;
using TailSplit.Core.Model;
using TailSplit.Core.Rules;

namespace TailSplit.Core.Diagnosis.Checks;

/// <summary>Packets reach TailSplit's jumps before any rule of another program that could accept them.</summary>
internal sealed class JumpsCheck : IHostCheck
{
    public string Name => "Jumps";

    public IEnumerable<CheckResult> Run(Host host) => host.Policies.Select(policy => Examine(policy, host));

    private CheckResult Examine(LivePolicy policy, Host host)
    {
        if (policy.Policy.Backend == FirewallBackend.Nftables)
        {
            return CheckResult.Pass(
                Name, "Its base chains in nf_tables come before those of others, and a drop there is final.",
                policy.Policy.Name);
        }

        if (host.Live.Iptables.Unreadable.Any())
            return CheckResult.Skipped(Name, "The rules before its own can't be read: see Tables.", policy.Policy.Name);

        LiveIptablesRule[] jumps = [.. host.Live.Iptables.Hooks.Where(jump => IsFor(jump.Rule, policy.Policy))];
        string[] overtaken =
            [.. host.Assessment.Gaps(policy).Where(gap => gap.Kind == GapKind.Overtaken).Select(gap => gap.Text)];
        if (overtaken.Length == 0)
        {
            return jumps.Length == 0
                ? CheckResult.Skipped(
                    Name, "No jump leads to its rules now; see Rules for what is missing.", policy.Policy.Name)
                : CheckResult.Pass(
                    Name,
                    $"No rule accepts packets before its {jumps.Length} {ListText.Plural(jumps.Length, "jump")}: " +
                        $"{ListText.Of(jumps.Select(PlaceOf).Distinct())}.",
                    policy.Policy.Name);
        }

        (string Text, ForeignOwner Owner)[] others = [.. jumps.SelectMany(jump => Others(jump, host)).Distinct()];
        string seen = others.Length == 0
            ? ""
            : $" In the way: {ListText.Of(others.Select(other => $"{other.Text} ({other.Owner})"))}. " +
                $"{string.Join(' ', others.Select(other => other.Owner.Consequence).Distinct())}";
        // kube-router accepts packets from and to pods, which the ip rules refuse.
        return policy.Policy is KillswitchPolicy
            && others.Length > 0
            && others.All(other => other.Owner == ForeignOwner.KubeRouter)
            ? CheckResult.Warn(
                Name, $"Only the ip rules hold: rules of other programs may accept packets first.{seen}",
                PolicyCommand.Apply(policy.Policy), policy.Policy.Name)
            : CheckResult.Fail(
                Name,
                $"Rules of other programs may accept packets first. Missing: {string.Join("; ", overtaken)}.{seen}",
                PolicyCommand.Apply(policy.Policy), policy.Policy.Name);
    }

    private static bool IsFor(IptablesRule jump, Policy policy) => jump.Specification.OwnChain switch
    {
        OwnChains.Nat => true,
        OwnChains.Bypass => policy is BypassPolicy,
        // It neither accepts nor drops packets: see Mtu.
        OwnChains.Mss => false,
        _ => policy is KillswitchPolicy,
    };

    private static string PlaceOf(LiveIptablesRule jump) => $"{jump.Rule.Table.NameOf()} {jump.Rule.Chain}";

    private static IEnumerable<(string Text, ForeignOwner Owner)> Others(LiveIptablesRule jump, Host host)
    {
        // Only the jump of bypasses is last, after Tailscale's own rule.
        IptablesRule rule = jump.Rule with
        {
            Placement = jump.Rule.Chain == HookSites.Prerouting && jump.Rule.Table == IptablesTable.Mangle
                ? RulePlacement.Last
                : RulePlacement.First,
        };
        return HookPlace.InTheWay(host.Live.Iptables.Saved(rule.Family), rule, jump.Index).Select(other => (
            $"{PlaceOf(jump)} {other}", ForeignFirewallRules.OwnerOf(rule.Chain, other)));
    }
}
