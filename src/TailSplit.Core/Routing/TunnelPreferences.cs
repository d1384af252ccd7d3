using TailSplit.Core.Errors;
using TailSplit.Core.Kernel;
using TailSplit.Core.Rules;

namespace TailSplit.Core.Routing;

/// <summary>
/// Finds Tailscale's own ip rules, whose preferences differ by host (5210 to 5270; 1310 to 1370 on OpenWrt with mwan3;
/// one inverted rule 5270 on UniFi: tailscale osrouter/router_linux.go, baseIPRules and ubntIPRules), and from them the
/// place of TailSplit's and the number of Tailscale's table.
/// </summary>
public static class TunnelPreferences
{
    private const int RoomBelow = 110;
    private const int RoomForKillswitches = 8;

    /// <summary>
    /// The environment with the base preference and table of the host. A base that -RulePreference set stays.
    /// </summary>
    /// <exception cref="TailSplitException">NoRoomBelowTailscale.</exception>
    public static RuleEnvironment Apply(RuleEnvironment environment, IEnumerable<LiveRoutingRule> rules)
    {
        LiveRoutingRule[] all = [.. rules];
        RuleEnvironment found = BesideTunnel(environment, all);
        RoutingRule[] ours = [.. all.Select(rule => rule.Own).OfType<RoutingRule>()];
        int free = RoutingBlock.FreeStart(all);
        return found with
        {
            HighestPreference = found.BasePreference,
            BasePreference = Math.Min(BasePreference.Of(ours) ?? int.MaxValue, found.BasePreference),
            BlockStart = RoutingBlock.StartOf(ours) ?? free,
            FreeBlockStart = free,
        };
    }

    private static RuleEnvironment BesideTunnel(RuleEnvironment environment, IEnumerable<LiveRoutingRule> rules)
    {
        List<LiveRoutingRule> theirs = [.. rules.Where(rule => IsOfTunnel(rule, environment))];
        if (theirs.Count == 0)
            return environment;

        int lowest = theirs.Min(rule => rule.Preference);
        if (lowest <= RoomBelow + RoomForKillswitches)
            throw Failures.NoRoomBelowTailscale(lowest).ToException();

        int table = theirs.Select(rule => rule.Table).LastOrDefault(table => !KernelTable.IsKernels(table));
        return environment with
        {
            BasePreference = lowest < environment.Provider.LowestPreference
                ? lowest - RoomBelow
                : environment.Provider.BasePreference,
            Table = table == 0 ? environment.Table : table,
        };
    }

    /// <summary>Whether the tunnel's own program wrote this rule.</summary>
    public static bool IsOfTunnel(LiveRoutingRule rule, RuleEnvironment environment) =>
        rule.Protocol != RoutingRule.Protocol
        && (rule.FwMark == environment.EscapeMark || (rule.FwMark is null && rule.Table == environment.Provider.Table));
}
