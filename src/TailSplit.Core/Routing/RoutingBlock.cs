using System.Globalization;
using TailSplit.Core.Kernel;
using TailSplit.Core.Model;
using TailSplit.Core.Rules;

namespace TailSplit.Core.Routing;

/// <summary>
/// The preferences of a policy's ip rules. They lie behind the kernel's last rule, which leads to the table
/// <c>default</c> at 32767, so packets of others do not walk them; one <c>goto</c> leads a policy's packets there. The
/// place depends only on the bridge or subnet, so no policy moves when another is added or removed. Two policies can
/// get the same place: every rule names its own bridge or subnet, so they only walk each other's rules.
/// </summary>
internal static class RoutingBlock
{
    /// <summary>From the base preference to the first <c>goto</c>: killswitches come before the shared rules.</summary>
    public const int KillswitchEntry = -8;

    /// <summary>From the base preference to the last <c>goto</c>: bypasses come after the shared rules.</summary>
    public const int BypassEntry = 1;

    // The first preference behind all rules that the kernel makes.
    private const int Lowest = 32_768;

    // A killswitch has the first half, a bypass the second: both exist during a change from one to the other.
    private const int Size = 16;
    private const int Half = Size / 2;
    private const int Count = 4096;

    /// <summary>The rule that leads a policy's packets to the first rule of its block.</summary>
    /// <remarks>
    /// The block must have a rule at that preference. If several have it and one goes, the kernel finds the next one
    /// (net/core/fib_rules.c, fib_nl_delrule, since 4.12; <c>protocol</c> needs 4.17).
    /// </remarks>
    public static RoutingRule Entry(PolicyKind kind, RoutingRule match, RuleEnvironment environment) => match with
    {
        Preference = EntryOf(kind, environment),
        Action = RoutingAction.Goto,
        Target = environment.BlockStart + Offset(match) + (kind == PolicyKind.Killswitch ? 0 : Half),
    };

    public static int EntryOf(PolicyKind kind, RuleEnvironment environment) =>
        environment.BasePreference + (kind == PolicyKind.Killswitch ? KillswitchEntry : BypassEntry);

    /// <summary>Whether this preference is one of the block that a rule leads to.</summary>
    public static bool Contains(RoutingRule entry, int preference) =>
        entry.Target is int first && preference >= first && preference < first + Half;

    /// <summary>Whether a rule of TailSplit is in a block. Earlier versions wrote no blocks.</summary>
    public static bool Holds(RoutingRule rule) => rule.Preference >= Lowest;

    /// <summary>The base preference that follows from an entry.</summary>
    public static int BaseOf(RoutingRule entry) =>
        entry.Preference - (IsKillswitchs(entry) ? KillswitchEntry : BypassEntry);

    /// <summary>The start that the rules in force have; the lowest where they differ, null without any.</summary>
    public static int? StartOf(IEnumerable<RoutingRule> own) => own
        .Where(rule => rule.Action == RoutingAction.Goto)
        .Select(entry => (entry.Target ?? 0) - Offset(entry) - (IsKillswitchs(entry) ? 0 : Half))
        .Where(start => start >= Lowest && start % Size == 0)
        .Select(start => (int?)start)
        .Min();

    /// <summary>The lowest start whose blocks have no rule of others among them.</summary>
    public static int FreeStart(IEnumerable<LiveRoutingRule> rules)
    {
        const int length = Size * Count;
        int[] others =
            [.. rules.Where(rule => rule.Protocol != RoutingRule.Protocol).Select(rule => rule.Preference)];
        int start = RuleEnvironment.UsualBlockStart;
        while (others.Any(preference => preference >= start && preference < start + length))
            start += length;

        return start;
    }

    private static bool IsKillswitchs(RoutingRule entry) => entry.Target % Size == 0;

    private static int Offset(RoutingRule match)
    {
        string digest = ShortDigest.Of(match.Iif?.ToString() ?? match.From?.ToString() ?? "");
        return (int)(uint.Parse(digest, NumberStyles.HexNumber, CultureInfo.InvariantCulture) % Count) * Size;
    }
}
