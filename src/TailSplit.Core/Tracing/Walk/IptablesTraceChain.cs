using TailSplit.Core.Iptables;
using TailSplit.Core.Model;
using TailSplit.Core.Rules;
using TailSplit.Core.Tracing.Xtables;

namespace TailSplit.Core.Tracing.Walk;

/// <summary>A chain of iptables-save. Its rules are parsed when the first packet meets them.</summary>
internal sealed class IptablesTraceChain(IptablesTraceTable table, SavedChain chain, IptablesRules rules) : TraceChain
{
    private TraceRule[]? _rules;
    private DestinationIndex? _index;

    public override string Name => chain.Name;

    public override IReadOnlyList<TraceRule> Rules => _rules ??=
        [.. chain.Rules.Select(line => new Line(table, chain.Name, line, RuleText.Parse(line.Specification), rules))];

    public override IEnumerable<TraceRule> For(Packet packet) => Index.For(packet);

    public override TraceChain? Find(string chain) => table.Find(chain);

    private DestinationIndex Index
    {
        get
        {
            if (_index is null)
            {
                // A circle of jumps, which the kernel refuses, ends here.
                _index = new DestinationIndex(Rules, _ => null);
                _index = new DestinationIndex(Rules, index => ((Line)Rules[index]).Destinations);
            }

            return _index;
        }
    }

    private sealed class Line(
        IptablesTraceTable table, string chain, SavedRule line, RuleText rule, IptablesRules rules) : TraceRule
    {
        /// <summary>
        /// The hosts that a rule of another program matches, itself or by the chain that it jumps to; null for any
        /// other rule.
        /// </summary>
        public IReadOnlyCollection<Cidr>? Destinations =>
            IsOwn ? null
            : rule.Matches.FirstOrDefault(
                option => option is { Name: "-d", Negated: false })?.Prefix is { IsHost: true } host
                ? [host]
            : rule.IsGoto ? null
            : (table.Find(rule.Target) as IptablesTraceChain)?.Index.Destinations;

        public override bool IsOwn { get; } = OwnChains.IsOwn(chain) || OwnChains.IsOwn(rule.Target);

        public override string Action => rule.Target;

        public override RuleOutcome Evaluate(Packet packet)
        {
            MatchAnswer answer = rules.Match(rule, packet);
            return answer == MatchAnswer.No
                ? RuleOutcome.NoMatch(packet)
                : rules.Outcome(rule, packet, answer, rule.Target.Length > 0 && table.Find(rule.Target) is not null);
        }

        public override TraceStep Step(bool? matched, string effect) => new()
        {
            Layer = RuleLayer.Firewall,
            Table = table.Name,
            Chain = chain,
            IsOwn = IsOwn,
            Policy = RuleOwner.TryParse(rule.Comment, out RuleOwner? owner) ? owner.Name.ToString() : null,
            CommandLine = IptablesCommands.Append(table.Program, table.Name, chain, line.Specification.ToString()),
            Matched = matched,
            Effect = effect,
        };
    }
}
