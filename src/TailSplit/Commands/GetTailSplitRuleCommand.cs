using System.Management.Automation;
using TailSplit.Completion;
using TailSplit.Conversion;
using TailSplit.Core.Errors;
using TailSplit.Core.Hosts;
using TailSplit.Core.Model;
using TailSplit.Core.Rules;
using TailSplit.Execution.Hosts;
using TailSplit.Output;

namespace TailSplit.Commands;

/// <summary>Get-TailSplitRule: lists the live rules, with counters and the exact command line of each.</summary>
[Cmdlet(VerbsCommon.Get, "TailSplitRule")]
[OutputType(typeof(TailSplitRule))]
public sealed class GetTailSplitRuleCommand : TailSplitCommand
{
    /// <summary>Names of policies, with wildcards. By default, rules that policies share are listed too.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Name")]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [CompletePolicy]
    public string[]? Policy { get; set; }

    /// <summary>Only rules of this family.</summary>
    [Parameter]
    public IpFamily? Family { get; set; }

    /// <summary>Only rules of this layer.</summary>
    [Parameter]
    public RuleLayer? Layer { get; set; }

    private Host? _state;

    protected override void ProcessRecord()
    {
        _state ??= ReadHost(HostScope.Policies);
        TailSplitRule[] rules = [.. RulesOf(_state).OrderBy(rule => rule.Policy ?? "", StringComparer.Ordinal)];
        if (Policy is null)
        {
            Write(rules);
            return;
        }

        foreach (string name in Policy)
        {
            NamePattern pattern = new(name);
            TailSplitRule[] found = pattern.Choose(rules, rule => rule.Policy);
            if (found.Length == 0 && pattern.IsOne)
                WriteFailure(Failures.PolicyNotFound(name));

            Write(found);
        }
    }

    private void Write(IEnumerable<TailSplitRule> rules)
    {
        foreach (TailSplitRule rule in rules)
        {
            if ((Family is null || rule.Family is null || rule.Family == Family)
                && (Layer is null || rule.Layer == Layer))
                WriteObject(rule);
        }
    }

    private static IEnumerable<TailSplitRule> RulesOf(Host host)
    {
        foreach (LiveFirewallRule rule in host.Live.Firewall)
            yield return new TailSplitRule(
                new OwnedRule(rule.Rule, rule.Rule.Owner), RuleState.Active, rule.Counters);

        Dictionary<Rule, RuleOwner?> owners = [];
        foreach (OwnedRule rule in host.Policies.SelectMany(policy => policy.Rules))
            owners.TryAdd(rule.Rule, rule.Owner);

        foreach (RoutingRule rule in host.Live.Routing)
            yield return new TailSplitRule(new OwnedRule(rule, owners.GetValueOrDefault(rule)), RuleState.Active);
    }
}
