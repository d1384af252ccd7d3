namespace TailSplit.Core.Rules;

/// <summary>How many packets, and bytes of them, a rule has matched since it was written.</summary>
public readonly record struct RuleCounters(ulong Packets, ulong Bytes)
{
    public static RuleCounters operator +(RuleCounters left, RuleCounters right) => left.Add(right);

    public RuleCounters Add(RuleCounters other) => new(Packets + other.Packets, Bytes + other.Bytes);

    public override string ToString() => $"[{Packets}:{Bytes}]";
}
