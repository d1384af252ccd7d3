using TailSplit.Core.Model;
using TailSplit.Core.Rules;

namespace TailSplit.Core.Kernel;

/// <summary>A line of <c>ip -j rule</c>, of any program.</summary>
/// <param name="Whole">All that it matches and does.</param>
/// <param name="Own">The rule, if it is one of TailSplit.</param>
public sealed record LiveRoutingRule(KernelRoutingRule Whole, RoutingRule? Own)
{
    public IpFamily Family => Whole.Family;

    /// <summary>Lower comes first.</summary>
    public int Preference => Whole.Preference;

    /// <summary>Its protocol, which identifies the writer; 0 if the kernel has none.</summary>
    public int Protocol => Whole.Protocol;

    /// <summary>The table looked up; 0 for other actions.</summary>
    public int Table => Whole.Table;

    /// <summary>The mark that it matches; null for none.</summary>
    public FwMark? FwMark => Whole.FwMark;

    /// <summary>Whether it has <c>not</c>.</summary>
    public bool Inverted => Whole.Inverted;
}
