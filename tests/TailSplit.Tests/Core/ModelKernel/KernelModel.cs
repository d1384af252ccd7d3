using TailSplit.Core.Compilation;
using TailSplit.Core.Iptables;
using TailSplit.Core.Kernel;
using TailSplit.Core.Model;
using TailSplit.Core.Planning;
using TailSplit.Core.Rules;
using TailSplit.Tests.Fakes.Netfilter;
using TailSplit.Tests.Fakes.Routing;

namespace TailSplit.Tests.Core.ModelKernel;

/// <summary>
/// A kernel that takes the texts of a plan as strictly as iptables-restore and <c>ip -batch</c> do, and prints what it
/// holds as iptables-save and <c>ip -j rule</c> do. It is the kernel of the fake host.
/// </summary>
internal sealed class KernelModel
{
    public static IReadOnlyList<IpFamily> Families { get; } = [IpFamily.IPv4, IpFamily.IPv6];

    public Dictionary<IpFamily, FakeRuleset> Firewall { get; } =
        Families.ToDictionary(family => family, FakeRuleset.Bare);

    public Dictionary<IpFamily, FakeRoutingRules> Routing { get; } =
        Families.ToDictionary(family => family, family => new FakeRoutingRules(family));

    /// <summary>All that iptables-save, ip6tables-save and ip rule print; equal texts are equal kernels.</summary>
    public string State =>
        string.Concat(Families.Select(family => Firewall[family].Save(counters: true) + Routing[family].Json() + "\n"));

    /// <summary>A kernel without any table: modules not loaded yet.</summary>
    public static KernelModel WithoutTables()
    {
        KernelModel kernel = new();
        foreach (IpFamily family in Families)
            kernel.Firewall[family] = new FakeRuleset(family, nfTables: true) { TakesUnknown = true };

        return kernel;
    }

    /// <summary>The state without what is TailSplit's.</summary>
    public string ForeignState => string.Concat(Families.Select(family =>
        string.Concat(Firewall[family].Save(counters: true).Split('\n').Where(IsForeign).Select(line => line + "\n"))
        + string.Join('\n', Routing[family].Rules.Where(rule => rule.Protocol != RoutingRule.Protocol)) + "\n"));

    /// <summary>Reads it all back by the code under test.</summary>
    public LiveRules Read() => new(
        Families.ToDictionary(family => family, family => SavedRuleset.Parse(Firewall[family].Save(counters: true))),
        Families.SelectMany(family => RoutingRuleJson.Parse(family, Routing[family].Json())));

    /// <summary>Commits a plan in the order that it asks for.</summary>
    public void Apply(Plan plan)
    {
        if (plan.RoutingFirst)
            ApplyRouting(plan);

        foreach ((IpFamily family, string text) in plan.Restore)
            Firewall[family].Load(text);

        if (!plan.RoutingFirst)
            ApplyRouting(plan);
    }

    private void ApplyRouting(Plan plan)
    {
        foreach ((IpFamily family, string text) in plan.Batch)
            Routing[family].RunAll(text);
    }

    private static bool IsForeign(string line) =>
        !line.Contains("TAILSPLIT-", StringComparison.Ordinal)
        && !line.Contains("TSK-", StringComparison.Ordinal)
        && !line.Contains("TSB-", StringComparison.Ordinal);
}
