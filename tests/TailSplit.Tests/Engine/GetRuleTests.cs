using TailSplit.Core.Model;
using TailSplit.Core.Rules;
using TailSplit.Output;
using TailSplit.Tests.Engine.Hosting;
using TailSplit.Tests.Fakes;
using Xunit;

namespace TailSplit.Tests.Engine;

public sealed class GetRuleTests : IDisposable
{
    private readonly Session _session = new();

    public GetRuleTests() => _session.Given($"New-TailSplitKillswitch torrents; New-TailSplitBypass media");

    public void Dispose() => _session.Dispose();

    [Fact]
    public void Without_a_filter_all_rules_of_ours_come_and_no_others()
    {
        IReadOnlyList<TailSplitRule> rules = Rules("Get-TailSplitRule");

        Assert.All(rules, rule => Assert.Equal(RuleState.Active, rule.State));
        Assert.All(
            rules.Where(rule => rule.Layer == RuleLayer.Firewall),
            rule => Assert.Contains("tailsplit", rule.CommandLine, StringComparison.Ordinal));
        Assert.All(
            rules.Where(rule => rule.Layer == RuleLayer.Routing),
            rule => Assert.EndsWith("protocol 84", rule.CommandLine, StringComparison.Ordinal));
        Assert.Contains(rules, rule => rule.Chain == "DOCKER-USER");
    }

    [Fact]
    public void Rules_are_of_one_policy_when_it_is_named_by_wildcard_or_in_any_case()
    {
        Assert.All(Rules("Get-TailSplitRule torrents"), rule => Assert.Equal("torrents", rule.Policy));
        Assert.Equal(Lines("Get-TailSplitRule torrents"), Lines("Get-TailSplitRule T*s"));
        Assert.Contains(Rules("Get-TailSplitRule torrents"), rule => rule.Layer == RuleLayer.Routing);
        Assert.Equal(
            ["media", "torrents"], Rules("Get-TailSplitRule *").Select(rule => rule.Policy).Distinct().Order());
    }

    [Theory]
    [InlineData("-Family IPv4 -Layer Routing")]
    [InlineData("-Family IPv6 -Layer Firewall")]
    public void Rules_are_selected_by_family_and_layer(string filter)
    {
        IReadOnlyList<TailSplitRule> rules = Rules($"Get-TailSplitRule {filter}");

        Assert.NotEmpty(rules);
        Assert.All(rules, rule => Assert.Equal(filter, $"-Family {rule.Family} -Layer {rule.Layer}"));
    }

    [Theory]
    [InlineData("Get-TailSplitPolicy torrents | Get-TailSplitRule")]
    [InlineData("Get-DockerNetwork torrents | Get-TailSplitRule")]
    [InlineData("'torrents' | Get-TailSplitRule")]
    public void The_policy_comes_from_the_pipeline(string script) =>
        Assert.Equal(Lines("Get-TailSplitRule -Policy torrents"), Lines(script));

    [Fact]
    public void Counters_are_those_of_the_kernel_and_ip_rules_have_none()
    {
        _session.Host.Firewall[IpFamily.IPv4].Count("torrents\" -j DROP", 12, 3456);

        IReadOnlyList<TailSplitRule> rules = Rules("Get-TailSplitRule torrents");

        TailSplitRule counted = Assert.Single(rules, rule => rule.Packets == 12UL);
        Assert.Equal(3456UL, counted.Bytes);
        Assert.Equal("TSK-torrents", counted.Chain);
        Assert.All(rules.Where(rule => rule.Layer == RuleLayer.Routing), rule => Assert.Null(rule.Packets));
    }

    [Fact]
    public void Command_lines_typed_by_hand_on_an_empty_host_make_the_same_rules()
    {
        string want = string.Join('\n', Lines("Get-TailSplitRule -Layer Routing"));
        FakeHost empty = UsualHost.Create();
        foreach (TailSplitRule rule in Rules("Get-TailSplitRule -Layer Routing"))
            empty.Routes.Add(rule.Family!.Value, rule.CommandLine.Split(" rule add ")[1]);

        using Session other = new(empty);
        Assert.Equal(want, string.Join('\n', other.Run("Get-TailSplitRule -Layer Routing").Lines));
    }

    [Fact]
    public void An_unknown_policy_is_an_error_as_it_is_for_its_sister_cmdlets()
    {
        Answer answer = _session.Run("Get-TailSplitRule nosuch");

        answer.AssertError("PolicyNotFound", System.Management.Automation.ErrorCategory.ObjectNotFound);
    }

    private IReadOnlyList<TailSplitRule> Rules(string script) => _session.Run(script).AssertNoErrors().Rules;

    private IEnumerable<string> Lines(string script) => Rules(script).Select(rule => rule.CommandLine);
}
