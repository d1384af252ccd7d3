using System.Collections.Immutable;
using TailSplit.Core.Compilation;
using TailSplit.Core.Iptables;
using TailSplit.Core.Model;
using TailSplit.Core.Planning;
using TailSplit.Core.Rules;

namespace TailSplit.Core.Services;

/// <summary>
/// The rules that close killswitch networks at boot, as text for the kernel's own tools: both layers of every
/// killswitch, with the last known bridge and subnets of its network. Bypasses and nat close nothing, so they are left
/// out.
/// </summary>
public sealed record EarlyRules
{
    /// <summary>For <c>iptables-restore --noflush</c>, on a host whose firewall is empty, by family.</summary>
    public required ImmutableDictionary<IpFamily, string> Restore { get; init; }

    /// <summary>For <c>ip -batch</c>, by family.</summary>
    public required ImmutableDictionary<IpFamily, string> Batch { get; init; }

    /// <summary>For <c>nft -f</c>, where there is no table of TailSplit's yet; empty for nothing.</summary>
    public string Nftables { get; init; } = "";

    public bool IsEmpty => Restore.IsEmpty && Nftables.Length == 0 && Batch.IsEmpty;

    /// <param name="policies">All policies; only killswitches are used.</param>
    /// <param name="environment">The host, whose preferences leave room for Tailscale's rules.</param>
    public static EarlyRules Of(IEnumerable<Policy> policies, RuleEnvironment environment)
    {
        // The kernel after a boot has no rules of Docker, so the jumps also go to FORWARD.
        Dictionary<IpFamily, SavedRuleset> empty = environment.Families.ToDictionary(
            family => family, _ => SavedRuleset.Empty);
        LiveRules cold = new(empty, []);
        IEnumerable<OwnedRule> rules = RuleCompiler
            .Compile(
                policies.OfType<KillswitchPolicy>().Select(policy => policy.On(environment.Backend)), environment,
                cold.Iptables.SitesOf)
            .Where(rule => rule.Rule is not IptablesRule { Table: not IptablesTable.Filter });
        Plan plan = Planner.Plan(cold, rules);
        return new EarlyRules
        {
            Restore = plan.Restore.ToImmutableDictionary(
                text => text.Key, text => RestoreLines.WithoutCounters(text.Value)),
            Nftables = plan.Nftables,
            Batch = plan.Batch,
        };
    }
}
