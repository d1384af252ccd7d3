using TailSplit.Core.Model;
using TailSplit.Core.Rules;

namespace TailSplit.Core.Diagnosis.Checks;

/// <summary>
/// The iptables store that Docker does not use holds no rules: they are in force all the same, and nobody sees them.
/// </summary>
internal sealed class OtherIptablesCheck : IHostCheck
{
    private const int ShownOneByOne = 3;

    public string Name => "OtherIptables";

    public IEnumerable<CheckResult> Run(HostSnapshot host)
    {
        if (host.Environment.HiddenRules is null)
        {
            yield return CheckResult.Skipped(Name, "The other iptables store can't be read.");
            yield break;
        }

        (IpFamily Family, string Table, string Chain, string Rule)[] hidden = [.. host.Hidden.SelectMany(ruleset => ruleset.Value.Tables.SelectMany(table =>
            table.Chains.Where(chain => !OwnChains.IsOwn(chain.Name)).SelectMany(chain => chain.Rules
                .Select(rule => RuleSpecification.Parse(rule.Specification))
                .Where(rule => !IsOurs(rule))
                .Select(rule => (ruleset.Key, table.Name, chain.Name, rule.ToString())))))];
        string program = "iptables" + host.HiddenIptables;
        yield return hidden.Length == 0
            ? CheckResult.Pass(Name, $"{program} holds no rules.")
            : CheckResult.Warn(
                Name, $"{hidden.Length} {Sentence.Plural(hidden.Length, "rule")} in {program}, in force beside Docker's and not shown by iptables: {Sentence.List(hidden.Select(rule => $"{rule.Table} {rule.Chain} {rule.Rule}"))}.",
                Remedy(host, hidden));
    }

    // What a policy left behind when Docker moved to this store is trouble of that policy: its rules are missing here.
    private static bool IsOurs(RuleSpecification rule) =>
        rule.Owner is not null || rule.Comment == RuleOwner.SharedComment;

    private static string Remedy(HostSnapshot host, (IpFamily Family, string Table, string Chain, string Rule)[] hidden) => string.Join("; ", hidden.Length <= ShownOneByOne
        ? hidden.Select(rule => $"{Program(rule.Family, host)} -t {rule.Table} -D {rule.Chain} {rule.Rule}")
        : hidden.Select(rule => $"{Program(rule.Family, host)} -t {rule.Table} -F").Distinct());

    private static string Program(IpFamily family, HostSnapshot host) =>
        family.Iptables() + host.HiddenIptables;
}
