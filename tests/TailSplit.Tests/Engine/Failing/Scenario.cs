using System.Collections.Concurrent;
using TailSplit.Core.Iptables;
using TailSplit.Core.Model;
using TailSplit.Tests.Engine.Hosting;
using TailSplit.Tests.Fakes;

namespace TailSplit.Tests.Engine.Failing;

/// <summary>A change to be made, on a host where something is in force already.</summary>
internal sealed record Scenario(string Given, string Change)
{
    private static readonly ConcurrentDictionary<(Scenario, IptablesVariant), (string Old, string New)> s_ends = new();

    public static IReadOnlyDictionary<string, Scenario> All { get; } = new Dictionary<string, Scenario>
    {
        ["first"] = new("", "New-TailSplitKillswitch torrents -BlockHost"),
        ["second"] = new("New-TailSplitKillswitch torrents", "New-TailSplitKillswitch games"),
        ["options"] = new(
            "New-TailSplitKillswitch torrents",
            "New-TailSplitKillswitch torrents -BlockHost -AllowDestination 192.168.1.0/24, fd00:1::/64 -Force"),
        ["opening"] = new("New-TailSplitKillswitch torrents -BlockHost", "New-TailSplitBypass torrents -Force"),
        ["closing"] = new("New-TailSplitBypass torrents", "New-TailSplitKillswitch torrents -Force"),
        ["removal"] = new(
            "'torrents', 'media' | New-TailSplitKillswitch; New-TailSplitBypass games",
            "Remove-TailSplitPolicy media, games"),
        ["everything"] = new(
            "'torrents', 'media' | New-TailSplitKillswitch -BlockHost; New-TailSplitBypass games",
            "Remove-TailSplitPolicy *"),
    };

    /// <summary>Whether the network torrents is closed before and after, and must be all the way.</summary>
    public bool StaysClosed => this == All["second"] || this == All["options"] || this == All["removal"];

    public Session Prepare(IptablesVariant store = IptablesVariant.Nft)
    {
        Session session = new(UsualHost.Create(store));
        if (Given.Length > 0)
            session.Run(Given).AssertNoErrors();

        session.Host.Forget();
        return session;
    }

    /// <summary>The rules before and after a change that goes well.</summary>
    public (string Old, string New) Ends(IptablesVariant store = IptablesVariant.Nft) =>
        s_ends.GetOrAdd((this, store), key => key.Item1.Run(key.Item2));

    /// <summary>
    /// Whether a packet of the network torrents that does not leave by the tunnel is stopped, in both families.
    /// </summary>
    public static bool IsClosed(FakeHost host) =>
        IpFamilies.All.All(family => IsClosedByFirewall(host, family) || IsClosedByRouting(host, family));

    private (string Old, string New) Run(IptablesVariant store)
    {
        using Session session = Prepare(store);
        string old = session.Host.Rules;
        session.Run(Change).AssertNoErrors();
        return (old, session.Host.Rules);
    }

    private static bool IsClosedByFirewall(FakeHost host, IpFamily family)
    {
        Fakes.Netfilter.FakeRuleset rules = host.Firewall[family];
        return rules.Find("filter", "FORWARD")!.Rules[0].Target == "DOCKER-USER"
            && rules.Find("filter", "DOCKER-USER")!.Rules.FirstOrDefault()?.Target == "TAILSPLIT-KILLSWITCH"
            && rules.Find("filter", "TAILSPLIT-KILLSWITCH")!.Rules.Any(rule =>
                rule.Target == "TSK-torrents"
                    && rule.Specification.StartsWith("-i br-torrents -m comment", StringComparison.Ordinal))
                && rules.Find("filter", "TSK-torrents")!.Rules.LastOrDefault()?.Target is "DROP" or "REJECT";
    }

    private static bool IsClosedByRouting(FakeHost host, IpFamily family) =>
        host.Routes.Rules(family).Any(rule => rule is { End: "blackhole", Iif: "br-torrents", From: null });
}
