using TailSplit.Core.Foreign;
using TailSplit.Core.Hosts;
using TailSplit.Core.Iptables;

namespace TailSplit.Core.Diagnosis.Checks;

/// <summary>
/// Rules of the split tunnel guide's script. Beside a policy, the script's DROP also refuses what a killswitch allows,
/// and its mark overwrites those of other programs. The script covers only IPv4.
/// </summary>
internal sealed class GuideScriptCheck : IHostCheck
{
    public string Name => "GuideScript";

    public IEnumerable<CheckResult> Run(Host host)
    {
        (string Table, string Chain, IptablesSpecification Rule)[] rules = [.. Rules(host)];
        yield return rules.Any(each => ForeignFirewallRules.IsGuidesAlone(each.Chain, each.Rule))
            ? Found([.. rules.Select(each => $"{each.Table} {each.Chain} {each.Rule}")], host)
            : host.Live.Iptables.Unreadable.Any() ? CheckResult.Skipped(
                Name, "The rules of the split tunnel guide's script can't be read: see Tables.")
            : CheckResult.Pass(Name, "The split tunnel guide's script has no rules here.");
    }

    private CheckResult Found(string[] rules, Host host) => CheckResult.Warn(
        Name,
        $"The split tunnel guide's script has {rules.Length} {ListText.Plural(rules.Length, "rule")} here: " +
            $"{ListText.Of(rules)}. " +
            (host.Policies.IsEmpty
                ? "They cover IPv4 only: over IPv6 its networks are neither bypassed nor closed. Create policies " +
                    "for its networks, then remove the script's rules with its own 'cleanup'."
                : "They also refuse what -AllowPublishedPort and -AllowDestination open, and overwrite marks of " +
                    "other programs. Once its networks have policies, remove the script's rules with its own " +
                    "'cleanup'.")
            + " docs/recipes.md lists the commands.",
        remedy: null);

    private static IEnumerable<(string Table, string Chain, IptablesSpecification Rule)> Rules(Host host) =>
        from family in host.Environment.Families
        from table in host.Live.Iptables.Saved(family).Tables
        from chain in table.Chains
        where !OwnChains.IsOwn(chain.Name)
        from saved in chain.Rules
        let rule = IptablesSpecification.Parse(saved.Specification)
        where ForeignFirewallRules.OwnerOf(chain.Name, rule) == ForeignOwner.Guide
        select (table.Name, chain.Name, rule);
}
