using CsCheck;
using TailSplit.Core.Compilation;
using TailSplit.Core.Documents;
using TailSplit.Core.Iptables;
using TailSplit.Core.Model;
using TailSplit.Core.Nftables;
using TailSplit.Core.Planning;
using TailSplit.Core.Rules;
using TailSplit.Tests.Core.Generators;
using TailSplit.Tests.Core.Goldens;
using Xunit;

namespace TailSplit.Tests.Core.Documents;

/// <summary>The texts for machines without PowerShell hold the rules that the cmdlets would write.</summary>
public sealed class ExportedTextTests
{
    [Fact]
    public void The_input_for_the_kernels_tools_is_that_of_the_golden() =>
        GoldenFile.Check(
            "policies-restore.txt",
            RestoreText.Write(ExportSamples.Policies, RuleEnvironment.Usual, _ => HookSites.Usual));

    [Fact]
    public void The_input_for_a_host_on_which_docker_has_not_started_is_that_of_the_golden() => GoldenFile.Check(
        "policies-restore-early.txt",
        RestoreText.Write(ExportSamples.Policies, RuleEnvironment.Usual, _ => new HookSites(false, false)));

    [Fact]
    public void The_shell_script_is_that_of_the_golden() =>
        GoldenFile.Check("policies-script.sh", PolicyScript.Write(ExportSamples.Policies, RuleEnvironment.Usual));

    [Fact]
    public void Without_ipv6_there_is_no_section_for_it() => Assert.DoesNotContain(
        "ip6tables",
        RestoreText.Write(ExportSamples.Policies, RuleEnvironment.Usual with { HasIPv6 = false }, _ => HookSites.Usual),
        StringComparison.Ordinal);

    [Fact]
    public void The_input_for_policies_in_nftables_needs_no_iptables() => PolicyGen.NonEmptySets.Sample(
        policies =>
        {
            Policy[] native = [.. policies.Select(policy => policy with { Backend = FirewallBackend.Nftables })];
            string restore = RestoreText.Write(native, RuleEnvironment.Usual, _ => HookSites.Usual);
            Assert.DoesNotContain("tables-restore", restore, StringComparison.Ordinal);
            Assert.Contains("\n# nft -f -\nadd table inet tailsplit\n", restore, StringComparison.Ordinal);
        },
        iter: 50);

    [Fact]
    public void The_script_of_no_policies_says_that_there_are_none() => Assert.Contains(
        "#   none\n", PolicyScript.Write([], RuleEnvironment.Usual), StringComparison.Ordinal);

    [Fact]
    public void A_script_of_policies_in_nftables_has_every_line_of_their_table_and_needs_no_iptables() => PolicyGen.Sets.Sample(
        policies =>
        {
            Policy[] native = [.. policies.Select(policy => policy with { Backend = FirewallBackend.Nftables })];
            string script = PolicyScript.Write(native, RuleEnvironment.Usual);
            NftObject[] table =
            [
                .. RuleCompiler.Compile(
                    native.Select(policy => EffectiveOptions.Of(policy, RuleEnvironment.Usual)), RuleEnvironment.Usual,
                    _ => HookSites.Usual).Select(rule => rule.Rule).OfType<NftObject>()
            ];

            Assert.Equal(policies.Length > 0, table.Length > 0);
            Assert.All(table, line => Assert.Contains(
                // Elements of one map share a line.
                line is NftElement element ? element.Addition.Split(" { ")[1].Split(" }")[0] : $"\n{line.Addition}\n",
                script, StringComparison.Ordinal));
            Assert.DoesNotContain("-A TAILSPLIT-", script, StringComparison.Ordinal);
            Assert.Contains("if false ||", script, StringComparison.Ordinal);
        },
        iter: 50);

    [Fact]
    public void Every_rule_of_every_policy_is_in_each_text() => PolicyGen.Sets.Sample(
        policies =>
        {
            string restore = RestoreText.Write(policies, RuleEnvironment.Usual, _ => HookSites.Usual);
            string script = PolicyScript.Write(policies, RuleEnvironment.Usual);
            foreach (Rule rule in RuleCompiler.Compile(
                policies.Select(policy => EffectiveOptions.Of(policy, RuleEnvironment.Usual)), RuleEnvironment.Usual,
                _ => HookSites.Usual)
                    .Select(rule => rule.Rule))
            {
                Assert.Contains(
                    rule is IptablesRule firewall ? firewall.RestoreLine : ((RoutingRule)rule).Selector, restore,
                    StringComparison.Ordinal);
                if (rule is RoutingRule routing)
                    Assert.Contains($"\n{routing.Shown}\n", script, StringComparison.Ordinal);
                else if (OwnChains.IsOwn(((IptablesRule)rule).Chain))
                    Assert.Contains($"\n{((IptablesRule)rule).RestoreLine}\n", script, StringComparison.Ordinal);
            }
        },
        iter: 50);
}
