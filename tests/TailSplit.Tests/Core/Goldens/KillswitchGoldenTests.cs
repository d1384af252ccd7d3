using System.Collections.Immutable;
using TailSplit.Core.Iptables;
using TailSplit.Core.Model;
using TailSplit.Tests.Core.Generators;
using Xunit;

namespace TailSplit.Tests.Core.Goldens;

public sealed class KillswitchGoldenTests
{
    private static readonly ImmutableArray<Cidr>[] s_destinations =
        [[], Samples.Cidrs("192.168.1.0/24", "fd12:3456::/48")];

    private static readonly ImmutableArray<Cidr>[] s_servers =
        [[], Samples.Cidrs("9.9.9.9"), Samples.Cidrs("9.9.9.9", "2620:fe::fe")];

    private static readonly bool[] s_switches = [false, true];

    public static TheoryData<string> Targets => GoldenTargets.Names;

    [Theory]
    [MemberData(nameof(Targets))]
    public void Every_combination_of_options_compiles_to_its_golden_rules(string target)
    {
        GoldenText text = new();
        foreach (KillswitchPolicy policy in Combinations(GoldenTargets.Of(target)))
            text.Add(Heading(policy), HostGoldenTests.OnLan, HookSites.Usual, policy);

        GoldenFile.Check($"killswitch-{target}.txt", text.ToString());
    }

    internal static IEnumerable<KillswitchPolicy> Combinations(PolicyTarget target) =>
        from action in Enum.GetValues<BlockAction>()
        from published in s_switches
        from destinations in s_destinations
        from host in s_switches
        from servers in s_servers
        select Samples.Killswitch("media", target) with
        {
            Action = action,
            AllowPublishedPort = published,
            AllowDestination = destinations,
            BlockHost = host,
            DnsServer = servers,
        };

    internal static string Heading(KillswitchPolicy policy) =>
        $"-Action {policy.Action}" + (policy.AllowPublishedPort ? " -AllowPublishedPort" : "")
        + (policy.AllowDestination.IsEmpty ? "" : $" -AllowDestination {string.Join(", ", policy.AllowDestination)}")
        + (policy.BlockHost ? " -BlockHost" : "")
        + (policy.DnsServer.IsEmpty ? "" : $" -DnsServer {string.Join(", ", policy.DnsServer.Select(server => server.Address))}");
}
