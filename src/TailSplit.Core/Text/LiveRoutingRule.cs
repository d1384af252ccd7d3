using TailSplit.Core.Model;
using TailSplit.Core.Rules;

namespace TailSplit.Core.Text;

/// <summary>A line of <c>ip -j rule</c>, whoever wrote it.</summary>
/// <param name="Preference">Lower comes first.</param>
/// <param name="Protocol">Who wrote it, as the kernel keeps it; 0 where it does not say.</param>
/// <param name="Table">The table looked up; 0 for other actions.</param>
/// <param name="FwMark">The mark it matches; null where it matches none.</param>
/// <param name="Inverted">Whether it says <c>not</c>.</param>
/// <param name="Own">The rule, where it is one of TailSplit's.</param>
public sealed record LiveRoutingRule(
    int Preference, int Protocol, int Table, FwMark? FwMark, bool Inverted, RoutingRule? Own)
{
    /// <summary>The same rule with all that it matches and does; null where it was not read from the kernel.</summary>
    public KernelRoutingRule? Whole { get; init; }
}
