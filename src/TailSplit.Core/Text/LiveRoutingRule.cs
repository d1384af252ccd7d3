using System.Globalization;
using System.Text;
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

    public IpFamily Family { get; init; } = IpFamily.IPv4;

    public Cidr? From { get; init; }

    public Cidr? To { get; init; }

    /// <summary>The interface by which the packet came in; "lo" for the host's own.</summary>
    public string? Iif { get; init; }

    /// <summary>The interface that a socket of the host is bound to; forwarded packets have none.</summary>
    public string? Oif { get; init; }

    /// <summary>What it does instead of looking a table up, as its name or the kernel's number; null for a lookup.</summary>
    public string? Action { get; init; }

    public int? SuppressPrefixLength { get; init; }

    /// <summary>The words by which <c>ip rule del</c> finds it; matches that are not read here are left out, as ip allows.</summary>
    public string Selector
    {
        get
        {
            StringBuilder text = new(64);
            text.Append(CultureInfo.InvariantCulture, $"pref {Preference}");
            text.Append(Inverted ? " not" : "");
            text.Append(From is Cidr from ? $" from {from}" : "").Append(To is Cidr to ? $" to {to}" : "");
            text.Append(Iif is null ? "" : $" iif {Iif}").Append(Oif is null ? "" : $" oif {Oif}");
            text.Append(FwMark is FwMark mark ? $" fwmark {mark}" : "");
            if (Table == RoutingRule.MainTable)
                text.Append(" lookup main");
            else if (Table != 0)
                text.Append(CultureInfo.InvariantCulture, $" lookup {Table}");

            return text.ToString();
        }
    }
}
