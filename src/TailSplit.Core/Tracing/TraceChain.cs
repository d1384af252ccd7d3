namespace TailSplit.Core.Tracing;

/// <summary>A chain as a packet goes through it, of iptables or of nft.</summary>
internal abstract class TraceChain
{
    public abstract string Name { get; }

    /// <summary>The rules in order.</summary>
    public abstract IReadOnlyList<TraceRule> Rules { get; }

    /// <summary>
    /// The rules that a packet has to be compared with, in order. A rule of another program may be left out that names
    /// another destination: it does not match, and no step reports it.
    /// </summary>
    public virtual IEnumerable<TraceRule> For(Packet packet) => Rules;

    /// <summary>The chain of the same table that a rule jumps to; null for none.</summary>
    public abstract TraceChain? Find(string chain);
}

/// <summary>A rule as a packet meets it.</summary>
internal abstract class TraceRule
{
    /// <summary>Whether it is TailSplit's.</summary>
    public abstract bool IsOwn { get; }

    /// <summary>The name of its action, for a rule that can't be followed.</summary>
    public abstract string Action { get; }

    public abstract RuleOutcome Evaluate(Packet packet);

    /// <summary>The step of a trace that reports it.</summary>
    public abstract TraceStep Step(bool? matched, string effect);
}
