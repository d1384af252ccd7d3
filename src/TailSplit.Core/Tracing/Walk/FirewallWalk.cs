
namespace TailSplit.Core.Tracing.Walk;

/// <summary>
/// Leads a packet through the firewall's chains of a hook. A rule that can't be evaluated counts as not matching, and
/// is reported as unsure if it would make a difference.
/// </summary>
internal sealed class FirewallWalk(FirewallChains chains, TraceLog log)
{
    // The kernel refuses circles, but a text could contain one.
    private const int Deepest = 64;

    // Connection tracking comes after the raw tables (linux/netfilter_ipv4.h, NF_IP_PRI_CONNTRACK).
    private const int TrackingPriority = -200;

    /// <summary>The step that set the packet's mark; null without a mark.</summary>
    public TraceStep? MarkedBy { get; private set; }

    /// <summary>
    /// Whether the chains of a hook let the packet on: a drop in any of them is final, an accept ends only its own.
    /// </summary>
    /// <param name="hook">The hook.</param>
    /// <param name="packet">The packet, which rules can change.</param>
    /// <param name="isTranslated">Whether chains of nat apply.</param>
    public bool Passes(Hook hook, ref Packet packet, bool isTranslated = true)
    {
        foreach (string unseen in chains.Unseen(hook))
            log.AddUnsure(unseen);

        bool isTranslatedHere = false;
        foreach (IReadOnlyList<BaseChain> group in chains.At(hook))
        {
            if (group[0].Order.Moment > TrackingPriority)
                packet = Tracked(packet);

            // nat sees tracked connections only; an answer gets back what its connection was translated from.
            bool isNat = group[0].IsNat;
            if (isNat && (!isTranslated || isTranslatedHere || !packet.IsTracked || packet.IsAnswer
                || packet.State == ConnectionState.Related))
            {
                continue;
            }

            // The first packet decides about the translation of all (net/netfilter/nf_nat_core.c, nf_nat_inet_fn).
            ConnectionState state = packet.State;
            if (isNat)
                packet = packet with { State = ConnectionState.New };

            Compare(group, packet);
            (bool passes, isTranslatedHere, packet) = Cross(group, packet, isTranslatedHere, isSilent: false);
            packet = packet with { State = state };
            if (!passes)
                return false;
        }

        packet = Tracked(packet);
        return true;
    }

    private static Packet Tracked(Packet packet) =>
        packet.Tracking == Tracking.Pending ? packet with { Tracking = Tracking.Tracked } : packet;

    // Of chains with the same priority, the kernel runs the one first that was added last. No listing shows that.
    private void Compare(IReadOnlyList<BaseChain> group, Packet packet)
    {
        if (group.Count == 1)
            return;

        IReadOnlyList<BaseChain> reverse = [.. group.Reverse()];
        if (Cross(group, packet, false, isSilent: true) != Cross(reverse, packet, false, isSilent: true))
        {
            string labels = string.Join(", ", group.Select(chain => chain.Label));
            log.AddUnsure($"which comes first of chains with the same priority: {labels}");
        }
    }

    private (bool Passes, bool IsTranslated, Packet Packet) Cross(
        IReadOnlyList<BaseChain> group, Packet packet, bool isTranslated, bool isSilent)
    {
        foreach (BaseChain chain in group.Where(chain => !(chain.IsNat && isTranslated)))
        {
            (ChainEnd end, packet) = Walk(chain.Chain, packet, isSilent, depth: 0);
            if (end is ChainEnd.Continue or ChainEnd.Return && chain.DropPolicy is TraceStep policy)
            {
                end = ChainEnd.Stop;
                if (!isSilent)
                    log.Add(policy);
            }

            if (end == ChainEnd.Stop)
                return (false, isTranslated, packet);

            isTranslated |= end == ChainEnd.Translated;
        }

        return (true, isTranslated, packet);
    }

    private (ChainEnd End, Packet Packet) Walk(TraceChain chain, Packet packet, bool isSilent, int depth)
    {
        foreach (TraceRule rule in chain.For(packet))
        {
            RuleOutcome outcome = rule.Evaluate(packet);
            if (outcome.Answer == MatchAnswer.Yes)
            {
                (ChainEnd end, packet) = Take(chain, rule, outcome, packet, isSilent, depth);
                if (end != ChainEnd.Continue)
                    return (end == ChainEnd.Return ? ChainEnd.Continue : end, packet);

                continue;
            }

            if (!isSilent && outcome.Answer == MatchAnswer.Unknown
                && WouldMatter(chain, outcome, packet, depth) is (true, bool onlyStops))
            {
                AddUnsure(rule, "a rule that TailSplit can't evaluate; taken for one that does not match", onlyStops);
            }
            else if (!isSilent && !log.IsBrief && outcome.Answer == MatchAnswer.No && rule.IsOwn)
            {
                log.Add(rule.Step(matched: false, "does not match"));
            }

            if (outcome.Otherwise.Mark != packet.Mark && !isSilent)
            {
                string words = $"sets its mark to {MarkText.Hex(outcome.Otherwise.Mark)}";
                MarkedBy = log.Add(rule.Step(matched: true, words));
            }

            packet = outcome.Otherwise;
        }

        return (ChainEnd.Continue, packet);
    }

    private (ChainEnd End, Packet Packet) Take(
        TraceChain chain, TraceRule rule, RuleOutcome outcome, Packet packet, bool isSilent, int depth)
    {
        if (outcome.Effect is not FirewallEffect effect)
        {
            if (!isSilent)
                AddUnsure(rule, $"does something that TailSplit can't follow ({rule.Action})", onlyStops: false);

            return (ChainEnd.Continue, outcome.Otherwise);
        }

        if (outcome.Jump is RuleJump jump && chain.Find(jump.Chain) is TraceChain next && depth < Deepest)
        {
            int before = log.Steps.Count;
            (ChainEnd end, Packet after) = Walk(next, effect.Packet, isSilent, depth + 1);
            // A chain of another program in which nothing happens has no step.
            bool isIdle = end == ChainEnd.Continue && after == packet && log.Steps.Count == before;
            if (!isSilent && (rule.IsOwn || !isIdle))
                Note(rule, effect with { Words = effect.Words ?? $"goes through {next.Name}" }, packet, before);

            // A return from a goto leads to the chain that jumped to this one.
            return (end == ChainEnd.Continue && jump.IsGoto ? ChainEnd.Return : end, after);
        }

        // A RETURN of another program decides nothing by itself.
        if (!isSilent && (rule.IsOwn || (effect.Words is not null && effect.End != ChainEnd.Return)))
            Note(rule, effect, packet);

        return (effect.End, effect.Packet);
    }

    private void Note(TraceRule rule, FirewallEffect effect, Packet before, int? at = null)
    {
        TraceStep step = log.Insert(at ?? log.Steps.Count, rule.Step(matched: true, effect.Words ?? "goes on"));
        if (effect.Packet.Mark != before.Mark)
            MarkedBy = step;
    }

    private (bool Matters, bool OnlyStops) WouldMatter(TraceChain chain, RuleOutcome outcome, Packet packet, int depth)
    {
        if (outcome.Effect is not FirewallEffect effect)
            return (true, false);

        if (outcome.Jump is RuleJump jump && chain.Find(jump.Chain) is TraceChain next && depth < Deepest)
        {
            // A rule of that chain can be unsure as well.
            (ChainEnd end, Packet after) = Walk(next, effect.Packet, isSilent: true, depth + 1);
            return (jump.IsGoto || end != ChainEnd.Continue || after != packet, false);
        }

        return (effect.End != ChainEnd.Continue || effect.Packet != packet, effect.End == ChainEnd.Stop);
    }

    private void AddUnsure(TraceRule rule, string effect, bool onlyStops)
    {
        TraceStep step = log.Add(rule.Step(matched: null, effect));
        log.AddUnsure($"a rule that TailSplit can't evaluate: {step.CommandLine}", onlyStops);
    }
}
