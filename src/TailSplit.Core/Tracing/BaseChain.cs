namespace TailSplit.Core.Tracing;

/// <summary>A chain that packets cross at a hook.</summary>
/// <param name="Chain">Its rules.</param>
/// <param name="Hook">Where.</param>
/// <param name="Priority">When: lower comes first.</param>
/// <param name="IsNat">
/// Whether it translates. All such chains are asked at the one priority of the hook, and only until one of them has
/// translated (net/netfilter/nf_nat_core.c, nf_nat_inet_fn).
/// </param>
/// <param name="Label">Its name, for messages.</param>
internal sealed record BaseChain(TraceChain Chain, Hook Hook, int Priority, bool IsNat, string Label)
{
    /// <summary>The step of its policy, where that drops what no rule accepted; null if it accepts.</summary>
    public TraceStep? DropPolicy { get; init; }

    /// <summary>When it runs among all chains of the hook.</summary>
    public (int Moment, int Turn) Order => IsNat
        ? (Hook == Hook.Prerouting ? -100 : 100, Priority)
        : (Priority, int.MinValue);
}
