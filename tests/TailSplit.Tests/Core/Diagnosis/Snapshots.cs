using TailSplit.Core.Compilation;
using TailSplit.Core.Diagnosis;
using TailSplit.Core.Diagnosis.Checks;
using TailSplit.Core.Hosts;
using TailSplit.Core.Iptables;
using TailSplit.Core.Kernel;
using TailSplit.Core.Model;
using TailSplit.Execution.Hosts;
using TailSplit.Tests.Engine.Hosting;
using TailSplit.Tests.Fakes;
using TailSplit.Tests.Fakes.Docker;

namespace TailSplit.Tests.Core.Diagnosis;

/// <summary>Hosts to check: the usual one, with policies, healthy but for what a test changes.</summary>
internal static class Snapshots
{
    /// <summary>No policy.</summary>
    public const string Nothing = "Get-DockerNetwork none";

    public const string Both = "New-TailSplitBypass media; New-TailSplitKillswitch torrents";

    /// <summary>What Docker's nftables backend translates, with the bridge of the network media.</summary>
    public static string DockerBridges { get; } = $$$"""
        {"nftables": [
        {"table": {"family": "ip", "name": "docker-bridges"}},
        {"chain": {"family": "ip", "table": "docker-bridges", "name": "nat-POSTROUTING", "type": "nat", "hook": "postrouting", "prio": 100, "policy": "accept"}},
        {"rule": {"family": "ip", "table": "docker-bridges", "chain": "nat-POSTROUTING", "expr": [
            {"match": {"op": "==", "left": {"meta": {"key": "iifname"}}, "right": "{{{UsualHost.Media.Bridge}}}"}},
            {"match": {"op": "!=", "left": {"meta": {"key": "oifname"}}, "right": "{{{UsualHost.Media.Bridge}}}"}},
            {"counter": null}, {"masquerade": null}]}}]}
        """;

    /// <summary>The usual host after a script, and after what somebody did to it.</summary>
    public static Host Of(string script, Action<FakeHost>? change = null)
    {
        using Session session = new();
        session.Run(script).AssertNoErrors();
        Register(session.Host);
        change?.Invoke(session.Host);
        return new HostReader(session.Host.Machine).ReadAsync(HostScope.Everything, CancellationToken.None).GetAwaiter().GetResult();
    }

    /// <summary>A host after a script.</summary>
    public static Host Of(FakeHost host, string script)
    {
        using Session session = new(host);
        session.Run(script).AssertNoErrors();
        return new HostReader(host.Machine).ReadAsync(HostScope.Everything, CancellationToken.None).GetAwaiter().GetResult();
    }

    /// <summary>With a unit that restores the usual policies at boot.</summary>
    public static void Register(FakeHost host)
    {
        host.Files["/etc/systemd/system/tailsplit.service"] = "";
        host.Files["/etc/tailsplit/policy.json"] =
            """
            {
              "version": 1,
              "policies": [
                { "name": "media", "kind": "bypass", "network": "media" },
                { "name": "torrents", "kind": "killswitch", "network": "torrents" },
                { "name": "games", "kind": "killswitch", "network": "games" }
              ]
            }
            """;
    }

    public static Host Healthy(Action<FakeHost>? change = null) => Of(Both, change);

    /// <summary>A healthy host on which this container is on the network torrents.</summary>
    public static Host Seeder(FakeContainer container) => Healthy(host =>
    {
        Put(host, UsualHost.Torrents, container.Name);
        host.Docker.Special[container.Name] = container;
    });

    /// <summary>These containers alone are on the network.</summary>
    public static void Put(FakeHost host, FakeNetwork network, params string[] containers)
    {
        int at = host.Docker.Networks.FindIndex(each => each.Name == network.Name);
        host.Docker.Networks[at] = network with { Containers = containers };
    }

    /// <summary>With more ip rules, as <c>ip -N -j rule</c> prints them.</summary>
    public static Host WithRule(this Host host, IpFamily family, string json)
    {
        Dictionary<IpFamily, SavedRuleset> saved = IpFamilies.All.ToDictionary(each => each, host.Live.Iptables.Saved);
        return host with
        {
            Live = new LiveRules(
            saved, [.. host.Live.AllRouting, .. RoutingRuleJson.Parse(family, $"[{json}]")])
        };
    }

    /// <summary>All that is not well, as "Check Status" or "Check Status policy".</summary>
    public static string[] Troubles(this Host host) =>
        [.. Doctor.Examine(host).Where(result => result.Status is CheckStatus.Warn or CheckStatus.Fail).Select(Show)];

    public static CheckResult Result(this Host host, string check, string? policy = null) =>
        Doctor.Examine(host).Single(result => result.Check == check && result.Policy?.ToString() == policy);

    private static string Show(CheckResult result) => $"{result.Check} {result.Status} {result.Policy}".TrimEnd();
}
