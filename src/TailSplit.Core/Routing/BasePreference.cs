using TailSplit.Core.Errors;
using TailSplit.Core.Rules;

namespace TailSplit.Core.Routing;

/// <summary>
/// The base preference of TailSplit's ip rules, P of docs/rules.md: its possible values, and the one in force.
/// -RulePreference makes it lower than usual.
/// </summary>
public static class BasePreference
{
    /// <summary>The first rule before Tailscale's is at P-8.</summary>
    public const int RoomBefore = -RoutingBlock.KillswitchEntry;

    /// <summary>The last rule before Tailscale's is at P+1.</summary>
    public const int RoomAfter = RoutingBlock.BypassEntry;

    private const int Step = 10;

    // tailscaled deletes by preference there (tailscale osrouter/router_linux.go: baseIPRules, with mwan3 from 1300).
    private static readonly (int First, int Last)[] s_tailscales = [(1300, 1399), (5200, 5299)];

    /// <summary>The base of the rules in force; null if they disagree.</summary>
    public static int? Of(IEnumerable<RoutingRule> own)
    {
        int[] bases = [.. own.Select(BaseOf).OfType<int>().Distinct().Take(2)];
        return bases is [int only] ? only : null;
    }

    /// <summary>
    /// The highest round base whose rules all come before a preference; null if no preference is free.
    /// </summary>
    public static int? Below(int preference)
    {
        int place = (preference - RoomAfter - 1) / Step * Step;
        while (IsTailscales(place))
            place -= Step;

        return place > RoomBefore ? place : null;
    }

    /// <summary>Why the base can't be moved there; null if it can.</summary>
    /// <param name="place">The new base.</param>
    /// <param name="highest">The base that Tailscale's own rules leave room for.</param>
    public static Failure? Refusal(int place, int highest) =>
        place > RoomBefore && place <= highest && !IsTailscales(place)
            ? null
            : Failures.RulePreferenceOutOfRange(place, RoomBefore + 1, highest);

    private static bool IsTailscales(int place) =>
        s_tailscales.Any(range => place - RoomBefore <= range.Last && place + RoomAfter >= range.First);

    // Only rules whose place in a policy follows from the rule itself.
    private static int? BaseOf(RoutingRule rule) => rule switch
    {
        { Action: RoutingAction.Goto } => RoutingBlock.BaseOf(rule),
        _ when RoutingBlock.Holds(rule) => null,
        // The next two are an earlier version's.
        { Action: RoutingAction.Blackhole, Iif: not null } => rule.Preference + 1,
        { Action: RoutingAction.Prohibit, DestinationPort: null } => rule.Preference + 2,
        { Table: RoutingRule.MainTable, SuppressPrefixLength: 0, To: not null, From: null, Iif: null } =>
            rule.Preference,
        _ => null,
    };
}
