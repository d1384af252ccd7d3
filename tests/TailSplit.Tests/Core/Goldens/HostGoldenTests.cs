using TailSplit.Core.Iptables;
using TailSplit.Core.Kernel;
using TailSplit.Core.Model;
using TailSplit.Core.Routing;
using TailSplit.Core.Rules;
using TailSplit.Tests.Core.Generators;
using Xunit;

namespace TailSplit.Tests.Core.Goldens;

public sealed class HostGoldenTests
{
    internal static RuleEnvironment OnLan { get; } =
        RuleEnvironment.Usual with { OnLink = Samples.Cidrs("192.168.1.0/24", "2001:db8:1::/64") };

    internal static Policy[] Policies { get; } =
    [
        Samples.Bypass("media", Samples.Network("media", "br-0123456789ab", "172.18.0.0/16", "fd00:18::/64"))
            with { Exclude = Samples.Cidrs("203.0.113.0/24", "2001:db8::/32") },
        Samples.Bypass("routed", Samples.Network("routed", "br-ba9876543210", "172.19.0.0/16", "fd00:19::/64"))
            with { Mechanism = Mechanism.Route },
        Samples.Killswitch("torrents", Samples.Network("torrents", "br-aaaaaaaaaaaa", "172.20.0.0/16", "fd00:20::/64"))
            with { AllowPublishedPort = true, AllowDestination = Samples.Cidrs(
                "192.168.1.0/24", "fd12:3456::/48"), BlockHost = true, DnsServer = Samples.Cidrs("9.9.9.9", "2620:fe::fe") },
        Samples.Killswitch("byhand", Samples.Target(null, "10.55.0.0/24")) with { Action = BlockAction.Reject },
    ];

    public static TheoryData<string> Hosts { get; } = ["usual", "preferences-1300", "no-ipv6", "other-table"];

    public static TheoryData<string> Sites { get; } = ["reached", "not-reached", "absent"];

    [Theory]
    [MemberData(nameof(Hosts))]
    public void Several_policies_compile_to_the_golden_rules_of_each_host(string host) => GoldenFile.Check(
        $"host-{host}.txt",
        new GoldenText()
            .Add($"media, routed, torrents, byhand on a host: {host}", EnvironmentOf(host), HookSites.Usual, Policies)
            .ToString());

    [Theory]
    [MemberData(nameof(Sites))]
    public void Jumps_go_where_the_hosts_chains_make_them_count(string docker) => GoldenFile.Check(
        $"hooks-{docker}.txt",
        new GoldenText()
            .Add($"jumps; DOCKER-USER is {docker}", RuleEnvironment.Usual, SitesOf(docker), Policies[0], Policies[2])
            .ToString());

    private static HookSites SitesOf(string docker) => docker switch
    {
        "reached" => new HookSites(DockerUserExists: true, DockerUserReached: true),
        "not-reached" => new HookSites(DockerUserExists: true, DockerUserReached: false),
        "absent" => new HookSites(DockerUserExists: false, DockerUserReached: false),
        _ => throw new ArgumentOutOfRangeException(nameof(docker)),
    };

    private static RuleEnvironment EnvironmentOf(string host) => host switch
    {
        "usual" => OnLan,
        "preferences-1300" => TunnelPreferences.Apply(RuleEnvironment.Usual, Tailscale(1300)),
        // The one rule that UniFi has: 5270 not fwmark 0x80000/0xff0000 lookup 77.
        "other-table" => TunnelPreferences.Apply(
            RuleEnvironment.Usual, [Lookup(5270, 77, TunnelProvider.Tailscale.EscapeMark, inverted: true)]),
        "no-ipv6" => RuleEnvironment.Usual with { HasIPv6 = false },
        _ => throw new ArgumentOutOfRangeException(nameof(host)),
    };

    private static LiveRoutingRule[] Tailscale(int first) =>
    [
        Lookup(first + 10, RoutingRule.MainTable, TunnelProvider.Tailscale.EscapeMark),
        Lookup(first + 30, 253, TunnelProvider.Tailscale.EscapeMark),
        new(
            new KernelRoutingRule(
                IpFamily.IPv4, first + 50, KernelRoutingAction.Unreachable)
            {
                FwMark = TunnelProvider.Tailscale.EscapeMark,
            },
            null),
        Lookup(first + 70, TunnelProvider.Tailscale.Table, null),
    ];

    private static LiveRoutingRule Lookup(int preference, int table, FwMark? mark, bool inverted = false) => new(
        new KernelRoutingRule(
            IpFamily.IPv4, preference,
            KernelRoutingAction.Lookup)
        { Table = table, FwMark = mark, Inverted = inverted },
        null);
}
