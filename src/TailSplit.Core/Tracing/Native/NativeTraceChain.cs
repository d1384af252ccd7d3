using TailSplit.Core.Iptables;
using TailSplit.Core.Listing;
using TailSplit.Core.Nftables;
using TailSplit.Core.Rules;

namespace TailSplit.Core.Tracing.Native;

/// <summary>A chain of nft as a packet goes through it.</summary>
/// <param name="table">Its table.</param>
/// <param name="chain">The chain.</param>
/// <param name="evaluator">Evaluates its rules.</param>
/// <param name="find">Finds the chain that a rule jumps to.</param>
internal sealed class NativeTraceChain(
    NativeTable table, NativeChain chain, NativeEvaluator evaluator, Func<string, TraceChain?> find) : TraceChain
{
    private TraceRule[]? _rules;

    public override string Name => chain.Name;

    public override IReadOnlyList<TraceRule> Rules => _rules ??=
        [.. chain.Rules.Select(rule => new Line(table, chain, rule, evaluator))];

    public override TraceChain? Find(string chain) => find(chain);

    /// <summary>The command that adds something to a table, for a shell.</summary>
    public static string Command(string words) => $"nft '{words.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    private sealed class Line(NativeTable table, NativeChain chain, NativeRule rule, NativeEvaluator evaluator)
        : TraceRule
    {
        public override bool IsOwn { get; } = table.IsOwn || OwnChains.IsOwn(chain.Name);

        public override string Action => rule.ToString();

        // In TailSplit's own table the chain names the policy; a rule in a shared chain has a comment.
        private RuleOwner? Owner => (table.IsOwn ? NftNames.PolicyOf(chain.Name) : null)
            ?? (RuleOwner.TryParse(rule.Comment, out RuleOwner? owner) ? owner : null);

        public override RuleOutcome Evaluate(Packet packet) => evaluator.Evaluate(rule, packet);

        public override TraceStep Step(bool? matched, string effect) => new()
        {
            Layer = RuleLayer.Firewall,
            Table = table.ToString(),
            Chain = chain.Name,
            IsOwn = IsOwn,
            Policy = Owner?.Name.ToString(),
            CommandLine = Command($"add rule {table} {chain.Name} {rule}"),
            Matched = matched,
            Effect = effect,
        };
    }
}
