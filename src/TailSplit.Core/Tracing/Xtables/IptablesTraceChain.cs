using TailSplit.Core.Iptables;
using TailSplit.Core.Rules;

namespace TailSplit.Core.Tracing.Xtables;

/// <summary>A chain of iptables-save. Its rules are parsed when the first packet meets them.</summary>
internal sealed class IptablesTraceChain(IptablesTraceTable table, SavedChain chain, IptablesRules rules) : TraceChain
{
    private TraceRule[]? _rules;

    public override string Name => chain.Name;

    public override IReadOnlyList<TraceRule> Rules => _rules ??=
        [.. chain.Rules.Select(line => new Line(table, chain.Name, line, RuleText.Parse(line.Specification), rules))];

    public override TraceChain? Find(string chain) => table.Find(chain);

    private sealed class Line(
        IptablesTraceTable table, string chain, SavedRule line, RuleText rule, IptablesRules rules) : TraceRule
    {
        public override bool IsOwn { get; } = OwnChains.IsOwn(chain) || OwnChains.IsOwn(rule.Target);

        public override string Action => rule.Target;

        public override RuleOutcome Evaluate(Packet packet)
        {
            bool isJump = rule.Target.Length > 0 && table.Find(rule.Target) is not null;
            return rules.Evaluate(rule, packet, isJump);
        }

        public override TraceStep Step(bool? matched, string effect) => new()
        {
            Layer = RuleLayer.Firewall,
            Table = table.Name,
            Chain = chain,
            IsOwn = IsOwn,
            Policy = RuleOwner.TryParse(rule.Comment, out RuleOwner? owner) ? owner.Name.ToString() : null,
            CommandLine = $"{table.Program} -t {table.Name} -A {chain} {line.Specification}".TrimEnd(),
            Matched = matched,
            Effect = effect,
        };
    }
}
