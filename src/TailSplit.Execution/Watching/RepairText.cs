using System.Globalization;
using TailSplit.Core.Model;
using TailSplit.Core.Planning;
using TailSplit.Core.Rules;
using TailSplit.Core.Text;

namespace TailSplit.Execution.Watching;

/// <summary>Describes what a plan changed for one policy.</summary>
internal static class RepairText
{
    public static string Of(IEnumerable<RuleChange> changes)
    {
        RuleChange[] all = [.. changes];
        List<string> parts = [];
        Count(
            all.Count(change => change is { Kind: RuleChangeKind.Add, Rule.Rule.Layer: RuleLayer.Firewall }),
            "firewall rule",
            "added");
        Count(all.Count(change => change is { Kind: RuleChangeKind.Add, Rule.Rule: RoutingRule }), "ip rule", "added");
        Count(
            all.Count(change => change is { Kind: RuleChangeKind.Remove, Rule.Rule.Layer: RuleLayer.Firewall }),
            "firewall rule",
            "removed");
        Count(
            all.Count(change => change is { Kind: RuleChangeKind.Remove, Rule.Rule: RoutingRule }),
            "ip rule",
            "removed");
        return parts.Count == 0 ? "rules put back in order" : string.Join(", ", parts);

        void Count(int count, string what, string done)
        {
            if (count > 0)
                parts.Add(
                    string.Create(CultureInfo.InvariantCulture, $"{count} {what}{(count == 1 ? "" : "s")} {done}"));
        }
    }

    public static string Describe(Policy policy) => $"{ChoiceText.Of(policy.Kind)} on {policy.Target}";
}
