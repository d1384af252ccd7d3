using TailSplit.Core.Model;
using TailSplit.Core.Nftables;
using TailSplit.Core.Rules;
using TailSplit.Tests.Core.Generators;
using TailSplit.Tests.Core.Goldens;
using Xunit;

namespace TailSplit.Tests.Core.Nftables;

public sealed class NftGoldenTests
{
    public static TheoryData<string> Targets => GoldenTargets.Names;

    [Theory]
    [MemberData(nameof(Targets))]
    public void Every_combination_of_a_killswitchs_options_is_written_as_its_golden_objects(string target) => Check(
        $"nft-killswitch-{target}.txt",
        KillswitchGoldenTests.Combinations(GoldenTargets.Of(target)).Select(policy => (KillswitchGoldenTests.Heading(policy), (Policy[])[policy])));

    [Theory]
    [MemberData(nameof(Targets))]
    public void Every_combination_of_a_bypasss_options_is_written_as_its_golden_objects(string target) => Check(
        $"nft-bypass-{target}.txt",
        BypassGoldenTests.Combinations(GoldenTargets.Of(target)).Select(policy => (BypassGoldenTests.Heading(policy), (Policy[])[policy])));

    [Fact]
    public void Several_policies_are_written_as_the_golden_objects() => Check(
        "nft-host.txt",
        [
            ("media, routed, torrents, byhand", HostGoldenTests.Policies),
            ("a killswitch of two subnets that overlap",
                [Samples.Killswitch("nested", Samples.Target(null, "10.0.0.0/8", "10.1.0.0/16"))]),
            ("a killswitch of the longest name there is",
                [Samples.Killswitch(new string('n', 80), Samples.Network(new string('w', 80), "br-0123456789ab", "172.18.0.0/16"))
                    with { Origin = PolicyOrigin.OfFile("/etc/tailsplit/policy.json") }]),
        ]);

    [Fact]
    public void Rules_of_a_host_without_IPv6_match_no_family() => Check(
        "nft-host-no-ipv6.txt", [("media, routed, torrents, byhand", HostGoldenTests.Policies)],
        RuleEnvironment.Usual with { HasIPv6 = false });

    private static void Check(
        string name, IEnumerable<(string Heading, Policy[] Policies)> cases, RuleEnvironment? environment = null) =>
        GoldenFile.Check(name, string.Join('\n', cases.Select(each =>
            $"# {each.Heading}\n" + string.Concat(NftRenderer.Render(TypedRules.Of(each.Policies, environment ?? HostGoldenTests.OnLan))
                .Select(item => item.CommandLine + "\n")))));
}
