using TailSplit.Core.Iptables;
using TailSplit.Core.Model;
using TailSplit.Core.Rules;

namespace TailSplit.Core.Tracing;

/// <summary>
/// Takes a packet through the chains of one family's iptables. A rule that can't be told to match is taken for one that
/// does not, and put down as a doubt where it would have made a difference.
/// </summary>
internal sealed class FirewallWalk(IpFamily family, SavedRuleset saved, AddressTypes types, TraceLog trail)
{
    // The kernel refuses circles; a text could still hold one.
    private const int Deepest = 64;

    private readonly FirewallMatch _match = new(types);

    /// <summary>The step that gave the packet the mark that it has; null where it has none.</summary>
    public TraceStep? MarkedBy { get; private set; }

    /// <summary>
    /// Whether a chain of the kernel's lets the packet on. <paramref name="packet"/> is what it became.
    /// </summary>
    public bool Passes(string table, string chain, ref Packet packet)
    {
        SavedTable? known = saved.Tables.FirstOrDefault(candidate => candidate.Name == table);
        if (known?.Unreadable is not null)
            trail.Doubt($"the table {table}, which {Program} can't read: nft rules are in it");

        if (saved.WithOtherBaseChains.Contains(table))
            trail.Doubt($"base chains of nft's own in the table {table}");

        if (known?.Find(chain) is not SavedChain found)
            return true;

        (ChainEnd end, packet) = Walk(table, found, packet, isSilent: false, depth: 0);
        if (end is ChainEnd.Accept or ChainEnd.Stop || found.Policy != "DROP")
            return end != ChainEnd.Stop;

        trail.Add(new TraceStep
        {
            Layer = RuleLayer.Firewall,
            Table = table,
            Chain = chain,
            CommandLine = $"{Program} -t {table} -P {chain} DROP",
            Matched = true,
            Effect = "drops what no rule of the chain has accepted",
        });
        return false;
    }

    private string Program => family.Iptables();

    private (ChainEnd End, Packet Packet) Walk(string table, SavedChain chain, Packet packet, bool isSilent, int depth)
    {
        foreach (SavedRule line in chain.Rules)
        {
            RuleText rule = RuleText.Parse(line.Specification);
            MatchAnswer answer = _match.Of(rule, packet);
            bool isOwn = OwnChains.IsOwn(chain.Name) || OwnChains.IsOwn(rule.Target);
            if (answer == MatchAnswer.No)
            {
                if (isOwn && !isSilent)
                    trail.Add(Step(table, chain, line, rule, isOwn, matched: false, "does not match"));

                continue;
            }

            if (answer == MatchAnswer.Unknown)
            {
                if (!isSilent && WouldMatter(table, rule, packet, depth))
                    Doubt(table, chain, line, rule, isOwn, "a rule that TailSplit can't evaluate; taken for one that does not match");

                continue;
            }

            (ChainEnd end, packet) = Take(table, chain, line, rule, packet, isOwn, isSilent, depth);
            if (end != ChainEnd.Continue)
                return (end == ChainEnd.Return ? ChainEnd.Continue : end, packet);
        }

        return (ChainEnd.Continue, packet);
    }

    private (ChainEnd End, Packet Packet) Take(
        string table, SavedChain chain, SavedRule line, RuleText rule, Packet packet, bool isOwn, bool isSilent,
        int depth)
    {
        if (Target(table, rule) is SavedChain next && depth < Deepest)
        {
            int before = trail.Steps.Count;
            if (!isSilent)
                trail.Add(Step(table, chain, line, rule, isOwn, matched: true, $"goes through {next.Name}"));

            (ChainEnd end, Packet after) = Walk(table, next, packet, isSilent, depth + 1);
            // Other people's chains in which nothing happens are no part of the story.
            if (!isSilent && !isOwn && end == ChainEnd.Continue && after == packet && trail.Steps.Count == before + 1)
                trail.Forget(before);

            // Who comes back from a goto goes back to where this chain was jumped to from.
            return (end == ChainEnd.Continue && rule.IsGoto ? ChainEnd.Return : end, after);
        }

        if (FirewallEffect.Of(rule, packet, types) is not FirewallEffect effect)
        {
            if (!isSilent)
                Doubt(table, chain, line, rule, isOwn, $"does something that TailSplit can't follow ({rule.Target})");

            return (ChainEnd.Continue, packet);
        }

        // A RETURN of somebody else's decides nothing by itself.
        if (!isSilent && (isOwn || (effect.Words is not null && effect.End != ChainEnd.Return)))
        {
            TraceStep step = trail.Add(Step(table, chain, line, rule, isOwn, matched: true, effect.Words ?? "goes on"));
            if (effect.Packet.Mark != packet.Mark)
                MarkedBy = step;
        }

        return (effect.End, effect.Packet);
    }

    private bool WouldMatter(string table, RuleText rule, Packet packet, int depth)
    {
        if (Target(table, rule) is SavedChain next && depth < Deepest)
            return rule.IsGoto || Walk(table, next, packet, isSilent: true, depth + 1) != (ChainEnd.Continue, packet);

        return FirewallEffect.Of(rule, packet, types) is not FirewallEffect effect
            || effect.End != ChainEnd.Continue || effect.Packet != packet;
    }

    private SavedChain? Target(string table, RuleText rule) =>
        rule.Target.Length == 0 ? null : saved.Tables.First(candidate => candidate.Name == table).Find(rule.Target);

    private void Doubt(string table, SavedChain chain, SavedRule line, RuleText rule, bool isOwn, string effect)
    {
        TraceStep step = trail.Add(Step(table, chain, line, rule, isOwn, matched: null, effect));
        trail.Doubt($"a rule that TailSplit can't evaluate: {step.CommandLine}");
    }

    private TraceStep Step(string table, SavedChain chain, SavedRule line, RuleText rule, bool isOwn, bool? matched, string effect) => new()
    {
        Layer = RuleLayer.Firewall,
        Table = table,
        Chain = chain.Name,
        IsOwn = isOwn,
        Policy = RuleOwner.TryParse(rule.Comment, out RuleOwner? owner) ? owner.Name.ToString() : null,
        CommandLine = $"{Program} -t {table} -A {chain.Name} {line.Specification}".TrimEnd(),
        Matched = matched,
        Effect = effect,
    };
}
