using System.Collections.Immutable;
using CsCheck;
using TailSplit.Core.Compilation;
using TailSplit.Core.Model;
using TailSplit.Core.Planning;
using TailSplit.Core.Rules;
using TailSplit.Tests.Core.Generators;
using TailSplit.Tests.Core.Goldens;
using TailSplit.Tests.Core.ModelKernel;
using Xunit;

namespace TailSplit.Tests.Core.Planning;

/// <summary>
/// One rule is gone: the policies it stood for say so, and asking for them again brings it back.
/// </summary>
public sealed class DamageTests
{
    private static readonly RuleEnvironment s_usual = HostGoldenTests.OnLan;

    private static readonly PolicyTarget s_network = Samples.Network("media", "br-0123456789ab", "172.18.0.0/16");

    [Fact]
    public void A_missing_rule_degrades_exactly_its_policies() =>
        Gen.Select(PolicyGen.NonEmptySets, Gen.UInt).Sample(
            (policies, at) => AssertNoticed(policies, at), print: pair => Show.Policies(pair.Item1));

    [Fact]
    public void The_same_command_restores_any_missing_rule() =>
        Gen.Select(PolicyGen.NonEmptySets, Gen.UInt).Sample(
            (policies, at) => AssertRestored(policies, at), print: pair => Show.Policies(pair.Item1));

    // The properties above find these by chance; here each has its name.

    [Fact]
    public void A_bypass_of_a_single_family_notices_that_its_masquerade_is_gone() =>
        AssertAllNoticed(Samples.Bypass("media", s_network));

    [Fact]
    public void A_bypass_by_route_notices_that_the_rule_of_its_only_exclusion_is_gone() => AssertAllNoticed(
        Samples.Bypass("media", s_network)
            with
        { Mechanism = Mechanism.Route, Exclude = Samples.Cidrs("203.0.113.0/24") });

    [Fact]
    public void A_bypass_given_by_hand_comes_back_whole_without_force() =>
        AssertAllRestored(Samples.Bypass("media", Samples.Target("br-0123456789ab", "172.18.0.0/16")));

    [Fact]
    public void A_bypass_by_route_comes_back_whole_without_force() => AssertAllRestored(
        Samples.Bypass("media", s_network)
            with
        { Mechanism = Mechanism.Route, Exclude = Samples.Cidrs("203.0.113.0/24") });

    [Fact]
    public void A_killswitch_that_drops_notices_every_rule_that_is_gone() => AssertAllNoticed(
        Samples.Killswitch("media", s_network) with
        {
            AllowDestination = Samples.Cidrs("192.168.1.0/24"),
            AllowPublishedPort = true,
            BlockHost = true,
        });

    [Fact]
    public void A_killswitch_that_rejects_notices_every_rule_that_is_gone() => AssertAllNoticed(
        Samples.Killswitch("media", s_network) with
        {
            AllowDestination = Samples.Cidrs("192.168.1.0/24"),
            AllowPublishedPort = true,
            BlockHost = true,
            Action = BlockAction.Reject,
        });

    [Fact]
    public void A_killswitch_comes_back_whole_without_force_whatever_rule_is_gone() => AssertAllRestored(
        Samples.Killswitch("media", s_network) with
        {
            AllowDestination = Samples.Cidrs("192.168.1.0/24"),
            AllowPublishedPort = true,
            BlockHost = true,
            Action = BlockAction.Reject,
        });

    [Theory]
    [InlineData("9.9.9.9")]
    [InlineData("0.0.0.0")]
    public void A_killswitch_with_name_servers_notices_every_rule_that_is_gone_and_comes_back_whole(string server)
    {
        Policy policy = Samples.Killswitch("media", s_network) with { DnsServer = Samples.Cidrs(server) };
        AssertAllNoticed(policy);
        AssertAllRestored(policy);
    }

    [Theory]
    [InlineData(Mechanism.Mark)]
    [InlineData(Mechanism.Route)]
    public void A_bypass_whose_comment_has_no_room_for_its_subnets_comes_back_whole(Mechanism mechanism) =>
        AssertAllRestored(Samples.Bypass(
            new string('x', 80),
            Samples.Network(new string('y', 80), "br-0123456789ab", "10.0.0.0/17", "10.0.192.0/18", "fd00:18::/64")) with
        {
            Mechanism = mechanism,
            Origin = PolicyOrigin.OfFile("/etc/tailsplit/policy.json"),
        });

    private static void AssertAllNoticed(Policy policy)
    {
        for (int at = 0; at < Kernel(policy).Own().Count; at++)
            AssertNoticed([policy], (uint)at);
    }

    private static void AssertAllRestored(Policy policy)
    {
        for (int at = 0; at < Kernel(policy).Own().Count; at++)
            AssertRestored([policy], (uint)at);
    }

    private static void AssertNoticed(Policy[] policies, uint at)
    {
        KernelModel kernel = Kernel(policies);
        OwnPlace place = Broken(kernel, at);
        LiveRules live = kernel.Read();

        ImmutableArray<LivePolicy> read = PolicyReader.Read(live, s_usual);
        string[] degraded =
            [.. read.Where(policy => !new PolicyAssessment(live, s_usual).Missing(policy).IsEmpty).Select(
                policy => policy.Policy.Name.ToString())];
        Cidr[] subnets = [.. policies.SelectMany(policy => policy.Target.Subnets)];
        string[] affected =
            [.. policies
                .Where(
                    policy => RuleCompiler.Compile([policy], s_usual, live.Iptables.SitesOf, subnets)
                        .Any(rule => place.Holds(rule.Rule) && StandsFor(rule, policy)))
                .Select(
                    policy => read.Any(
                        found => found.Policy.Name == policy.Name) ? policy.Name.ToString() : Nameless(read))
                .Order(StringComparer.Ordinal)];

        Assert.True(
            affected.SequenceEqual(degraded),
            $"gone: {place}\naffected: {string.Join(' ', affected)}\ndegraded: {string.Join(' ', degraded)}");
    }

    // A way to subnets that policies share stands for those to whose subnets it leads.
    private static bool StandsFor(OwnedRule rule, Policy policy) =>
        rule is not { Owner: null, Rule: RoutingRule { To: Cidr to } } || policy.Target.Subnets.Any(to.Overlaps);

    // The rule that is gone was the last one with the policy's name in it: what is left of it says that it has none.
    private static string Nameless(ImmutableArray<LivePolicy> read) =>
        Assert.Single(read, policy => !policy.IsNamed).Policy.Name.ToString();

    private static void AssertRestored(Policy[] policies, uint at)
    {
        KernelModel kernel = Kernel(policies);
        string before = kernel.State;
        OwnPlace place = Broken(kernel, at);

        PolicySet set = new(kernel.Policies(s_usual), s_usual);
        foreach (Policy policy in policies)
            Assert.True(
                set.Apply(new PutPolicy(policy, Force: false)) is null, $"refused without -Force; gone: {place}");

        kernel.Apply(Planner.Plan(kernel.Read(), set, s_usual));

        Assert.Equal(Comparable(before), Comparable(kernel.State));
    }

    private static OwnPlace Broken(KernelModel kernel, uint at)
    {
        IReadOnlyList<OwnPlace> places = kernel.Own();
        OwnPlace place = places[(int)(at % (uint)places.Count)];
        kernel.TakeOut(place);
        return place;
    }

    private static KernelModel Kernel(params Policy[] policies)
    {
        KernelModel kernel = new();
        kernel.Put(s_usual, policies);
        return kernel;
    }

    // The order among rules of one preference is no matter, nor is a jump's memory of who made its chain: it is gone
    // with the jump.
    private static string Comparable(string state) => string.Join(
        '\n',
        state.Replace($"\"{RuleOwner.CreatedChainComment}\"", RuleOwner.SharedComment, StringComparison.Ordinal).Split(
            '\n').Select(line =>
                line.StartsWith("[{", StringComparison.Ordinal)
                    ? string.Join(
                        "},{",
                        line[1..^1].Split("},{").Select(rule => rule.Trim('{', '}')).Order(StringComparer.Ordinal))
                    : line));
}
