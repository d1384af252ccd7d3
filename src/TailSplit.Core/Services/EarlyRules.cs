using System.Collections.Immutable;
using TailSplit.Core.Compilation;
using TailSplit.Core.Iptables;
using TailSplit.Core.Model;
using TailSplit.Core.Planning;
using TailSplit.Core.Rules;

namespace TailSplit.Core.Services;

/// <summary>
/// The rules that close killswitch networks at boot, as text for iptables-restore, nft and ip: both layers of every
/// killswitch, with the last known bridge and subnets of its network. Bypasses and nat rules block nothing, so they are
/// omitted.
/// </summary>
public sealed record EarlyRules
{
    /// <summary>For <c>iptables-restore --noflush</c>, on a host whose firewall is empty, by family.</summary>
    public required ImmutableDictionary<IpFamily, string> Restore { get; init; }

    /// <summary>For <c>ip -batch</c>, by family.</summary>
    public required ImmutableDictionary<IpFamily, string> Batch { get; init; }

    /// <summary>For <c>nft -f</c>, if TailSplit's table does not exist yet; empty for none.</summary>
    public string Nftables { get; init; } = "";

    /// <param name="policies">All policies; only killswitches are used.</param>
    /// <param name="environment">The host, with the preferences of its ip rules.</param>
    public static EarlyRules Of(IEnumerable<Policy> policies, RuleEnvironment environment)
    {
        // After a boot the kernel has no rules of Docker, so FORWARD also gets the jump.
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
