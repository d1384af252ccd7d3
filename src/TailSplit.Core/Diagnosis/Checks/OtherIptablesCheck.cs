using TailSplit.Core.Foreign;
using TailSplit.Core.Hosts;
using TailSplit.Core.Iptables;
using TailSplit.Core.Model;
using TailSplit.Core.Rules;

namespace TailSplit.Core.Diagnosis.Checks;

/// <summary>
/// Rules in the iptables store that Docker does not use. They also apply, but iptables does not show them. The check
/// names their owners and removes nothing.
/// </summary>
internal sealed class OtherIptablesCheck : IHostCheck
{
    public string Name => "OtherIptables";

    public IEnumerable<CheckResult> Run(Host host)
    {
        yield return host.Firewall is { Other: { } other, OtherRules: int count }
            ? Examine(other, count, host.Firewall.OtherVariant.Program(IpFamily.IPv4))
            : CheckResult.Skipped(
                Name, host.Unread.FirstOrDefault(
                    reason => reason.StartsWith("The other iptables", StringComparison.Ordinal))
                    ?? "The other iptables store can't be read.");
    }

    private CheckResult Examine(
        IReadOnlyDictionary<IpFamily, SavedRuleset> other, int count, string program)
    {
        (
            string Chain,
            ForeignOwner Owner)[] rules = [.. other.Values.SelectMany(ruleset => ruleset.Tables.SelectMany(table =>
            table.Chains.Where(chain => !OwnChains.IsOwn(chain.Name)).SelectMany(chain => chain.Rules
                .Select(rule => IptablesSpecification.Parse(rule.Specification))
                .Where(rule => !IsOurs(rule))
                .Select(rule => (chain.Name, ForeignFirewallRules.OwnerOf(chain.Name, rule))))))];
        string[] drops = [.. other.SelectMany(ruleset => ruleset.Value.Tables.SelectMany(table => table.Chains
            .Where(chain => chain.Policy == "DROP")
            .Select(chain => $"{ruleset.Key} {table.Name} {chain.Name}")))];
        // Rules of a policy from before Docker changed its store are a problem of that policy: its rules are missing in
        // the new store, and its own command removes the old ones.
        string own = count > rules.Length
            ? $"; {count - rules.Length} of TailSplit's own there apply until the next change of a policy removes them"
            : "";
        string[] unseen = [.. other.SelectMany(ruleset => ruleset.Value.LeftOut
            .Concat(ruleset.Value.Tables.Where(table => table.Unreadable is not null).Select(table => table.Name))
            .Select(table => $"{ruleset.Key} {table}"))];
        if (unseen.Length > 0)
            return CheckResult.Skipped(
                Name, $"{program} can't read all of its store: {ListText.Of(unseen)} has native nft rules.");

        if (rules.Length == 0 && drops.Length == 0)
            return CheckResult.Pass(Name, $"{program} has no rules of other programs{own}.");

        string owners = ListText.Of(rules
            .GroupBy(rule => rule.Owner, rule => rule.Chain)
            .Select(chains => $"{chains.Count()} of {chains.Key} ({ListText.Of(chains.Distinct())})"));
        string seen = $"{rules.Length} {ListText.Plural(rules.Length, "rule")} in {program}, in force beside " +
            $"Docker's, which iptables does not show{(rules.Length > 0 ? ": " : "")}{owners}{own}";
        return drops.Length == 0 && rules.All(rule => rule.Owner == ForeignOwner.Tailscale)
            ? CheckResult.Pass(
                Name,
                $"{seen}. Tailscale maintains them; TS_DEBUG_FIREWALL_MODE=iptables or nftables in tailscaled's " +
                    "environment selects its store.")
            : CheckResult.Warn(Name, $"{seen}. {Consequences(rules.Select(rule => rule.Owner), drops)}", remedy: null);
    }

    // Other programs may need these rules: the check states the consequences and suggests no command.
    private static string Consequences(IEnumerable<ForeignOwner> owners, string[] drops) => string.Join(' ',
    [
        .. owners.Distinct().Select(owner => $"{owner}: {owner.Consequence}"),
        .. drops.Length == 0
            ? (string[])[]
            : [
                $"The policy is DROP in {ListText.Of(drops)}: without these rules every packet is dropped, also " +
                    "those of an SSH session.",
            ],
        "Check them before you change anything there.",
    ]);

    private static bool IsOurs(IptablesSpecification rule) =>
        rule.Owner is not null
            || rule.Comment == RuleOwner.SharedComment
            || rule.Comment == RuleOwner.CreatedChainComment
        || rule.OwnChain is not null;
}
