using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using TailSplit.Core.Compilation;
using TailSplit.Core.Iptables;
using TailSplit.Core.Model;
using TailSplit.Core.Nftables;
using TailSplit.Core.Planning;
using TailSplit.Core.Rules;
using TailSplit.Core.Text;

namespace TailSplit.Core.Documents;

/// <summary>
/// Policies as a POSIX shell script that applies and removes them with iproute2 and the programs of their firewall
/// backends. The rules are those of <see cref="RuleCompiler"/>. The script finds the place of the iptables jumps on the
/// host where it runs.
/// </summary>
public static class PolicyScript
{
    private static readonly string s_template = ReadTemplate();

    public static string Write(IEnumerable<Policy> policies, RuleEnvironment environment)
    {
        ImmutableArray<Policy> ordered =
        [
            .. policies
                .Select(policy => EffectiveOptions.Of(policy, environment))
                .OrderBy(policy => policy.Name.ToString(), StringComparer.Ordinal)
        ];
        Rule[] rules = [.. RuleCompiler.Compile(ordered, environment, _ => HookSites.Usual).Select(rule => rule.Rule)];
        ILookup<bool, IptablesRule> firewall = rules.OfType<IptablesRule>().ToLookup(
            rule => OwnChains.IsOwn(rule.Chain));
        string[] nft = [.. new NftChange(NftContent.None, [.. rules.OfType<NftObject>()]).Lines()];
        return s_template
            .Replace(
                "@POLICIES@",
                Lines(
                    ordered.Select(policy => $"#   {ChoiceText.Of(policy.Kind)} {policy.Name} ({policy.Target})"),
                    "#   none"),
                StringComparison.Ordinal)
            .Replace("@NAMES@", Lines(ordered.Select(policy => policy.Name.ToString()), "-"), StringComparison.Ordinal)
            .Replace("@RULES@", Cases(firewall[true], Place, rule => rule.RestoreLine), StringComparison.Ordinal)
            .Replace("@HOOKS@", Cases(firewall[false], Place, Hook), StringComparison.Ordinal)
            .Replace(
                "@ROUTING@",
                Cases(Ordered(rules), rule => Number(rule.Family), rule => rule.Shown),
                StringComparison.Ordinal)
            .Replace("@NFT@", Cases(nft, _ => "", line => line), StringComparison.Ordinal)
            .Replace("@IPTABLES@", firewall.Count > 0 ? "true" : "false", StringComparison.Ordinal)
            .Replace("@PROGRAMS@", nft.Length > 0 ? "nft unshare" : "", StringComparison.Ordinal);
    }

    private static IEnumerable<RoutingRule> Ordered(IEnumerable<Rule> rules) =>
        RoutingDiff.InOrderOfAddition(rules.OfType<RoutingRule>().Distinct());

    private static string Place(IptablesRule rule) => $"{Number(rule.Family)} {rule.Table.NameOf()}";

    private static string Hook(IptablesRule rule) =>
        $"{rule.Chain} {rule.Specification.OwnChain} {(rule.Placement == RulePlacement.First ? "first" : "last")}";

    // A branch of a case statement for each place, with its lines as a here-document.
    private static string Cases<T>(IEnumerable<T> items, Func<T, string> place, Func<T, string> line)
    {
        StringBuilder text = new();
        foreach (IGrouping<string, T> group in items.GroupBy(place).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            text.Append(
                CultureInfo.InvariantCulture, $"        '{$"up {group.Key}".TrimEnd()}')\n            cat <<'END'\n");
            text.AppendJoin("", group.Select(item => line(item) + "\n"));
            text.Append("END\n            ;;\n");
        }

        return text.Append("        *) ;;").ToString();
    }

    private static string Lines(IEnumerable<string> lines, string none) =>
        string.Join('\n', lines) is { Length: > 0 } text ? text : none;

    private static string Number(IpFamily family) => ((int)family).ToString(CultureInfo.InvariantCulture);

    private static string ReadTemplate()
    {
        using Stream stream = typeof(PolicyScript).Assembly.GetManifestResourceStream("PolicyScript.sh")!;
        using StreamReader reader = new(stream);
        return reader.ReadToEnd();
    }
}
