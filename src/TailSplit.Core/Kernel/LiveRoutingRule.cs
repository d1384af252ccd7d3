using TailSplit.Core.Model;
using TailSplit.Core.Rules;

namespace TailSplit.Core.Kernel;

/// <summary>A line of <c>ip -j rule</c>, of any program.</summary>
/// <param name="Whole">All that it matches and does.</param>
/// <param name="Own">The rule, where it is one of TailSplit's.</param>
public sealed record LiveRoutingRule(KernelRoutingRule Whole, RoutingRule? Own)
{
    public IpFamily Family => Whole.Family;

    /// <summary>Lower comes first.</summary>
    public int Preference => Whole.Preference;

    /// <summary>Who wrote it, as the kernel keeps it; 0 where it does not say.</summary>
    public int Protocol => Whole.Protocol;

    /// <summary>The table looked up; 0 for other actions.</summary>
    public int Table => Whole.Table;

    /// <summary>The mark it matches; null where it matches none.</summary>
    public FwMark? FwMark => Whole.FwMark;

    /// <summary>Whether it says <c>not</c>.</summary>
    public bool Inverted => Whole.Inverted;
}
