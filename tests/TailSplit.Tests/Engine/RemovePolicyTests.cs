using System.Management.Automation;
using TailSplit.Core.Model;
using TailSplit.Output;
using TailSplit.Tests.Engine.Hosting;
using TailSplit.Tests.Fakes;
using Xunit;

namespace TailSplit.Tests.Engine;

public sealed class RemovePolicyTests : IDisposable
{
    private readonly Session _session = new();
    private readonly string _before;

    public RemovePolicyTests()
    {
        _before = _session.Host.Rules;
        _session.Given(
            $"New-TailSplitKillswitch torrents -BlockHost; New-TailSplitBypass media; New-TailSplitKillswitch games -Name Fun");
    }

    public static TheoryData<string> AllOfThem { get; } =
    [
        "Remove-TailSplitPolicy *",
        "Remove-TailSplitPolicy torrents, media, fun",
        "Get-TailSplitPolicy | Remove-TailSplitPolicy",
        "Get-TailSplitRule | Remove-TailSplitPolicy",
        "Get-TailSplitRule | Where-Object Policy | Remove-TailSplitPolicy",
        "Get-DockerNetwork torrents, media, games | Remove-TailSplitPolicy",
        "'torrents', 'media', 'Fun' | Remove-TailSplitPolicy",
        "'*' | Remove-TailSplitPolicy",
        "Remove-TailSplitPolicy [a-z]*",
        "Get-TailSplitPolicy | ForEach-Object { Remove-TailSplitPolicy $_.Name }",
        "Remove-TailSplitPolicy -InputObject torrents; Remove-TailSplitPolicy -Name media, Fun -Confirm:$false",
    ];

    public void Dispose() => _session.Dispose();

    [Theory]
    [MemberData(nameof(AllOfThem))]
    public void The_host_is_as_it_was_to_the_byte(string script)
    {
        Answer answer = _session.Run(script).AssertNoErrors();

        Assert.Equal(_before, _session.Host.Rules);
        Assert.NotEmpty(answer.Rules);
        Assert.Empty(answer.Warnings);
    }

    [Theory]
    [InlineData("Remove-TailSplitPolicy torrents")]
    [InlineData("Remove-TailSplitPolicy TORR*")]
    [InlineData("Get-TailSplitPolicy torrents | Remove-TailSplitPolicy")]
    [InlineData("Get-TailSplitRule torrents | Remove-TailSplitPolicy")]
    [InlineData("Get-DockerNetwork torrents | Remove-TailSplitPolicy")]
    public void One_goes_and_the_others_stay_whole(string script)
    {
        Answer answer = _session.Run(script).AssertNoErrors();

        Assert.All(answer.Rules.Where(rule => !IsWayToMedia(rule)), rule => Assert.True(
            rule.State == RuleState.Removed && rule.Policy is "torrents" or null,
            $"{rule.State} {rule.Policy}: {rule}"));
        // It shared a rule with the one that goes.
        TailSplitRule way = Assert.Single(answer.Rules, IsWayToMedia);
        Assert.Equal((RuleState.Applied, null), (way.State, way.Policy));
        IReadOnlyList<TailSplitPolicy> left = _session.Run("Get-TailSplitPolicy").Policies;
        Assert.Equal(["Fun", "media"], left.Select(policy => policy.Name));
        Assert.All(left, policy => Assert.Equal(PolicyState.Active, policy.State));
    }

    private static bool IsWayToMedia(TailSplitRule rule) =>
        rule.CommandLine == "ip -4 rule add pref 5100 to 172.18.0.0/16 lookup main suppress_prefixlength 0 protocol 84";

    [Fact]
    public void A_network_removes_its_policy_whatever_the_policys_name()
    {
        _session.Run("Get-DockerNetwork games | Remove-TailSplitPolicy").AssertNoErrors();

        Assert.Equal(["media", "torrents"], _session.Run("Get-TailSplitPolicy").Policies.Select(policy => policy.Name));
    }

    [Fact]
    public void A_policy_that_was_serialised_removes_itself()
    {
        object copy =
            PSSerializer.Deserialize(PSSerializer.Serialize(_session.Run("Get-TailSplitPolicy Fun").Output.Single()));

        _session.Run("$value | Remove-TailSplitPolicy", copy).AssertNoErrors();

        Assert.DoesNotContain(_session.Run("Get-TailSplitPolicy").Policies, policy => policy.Name == "Fun");
    }

    [Fact]
    public void A_rule_that_was_serialised_removes_its_policy()
    {
        object copy = PSSerializer.Deserialize(PSSerializer.Serialize(_session.Run("Get-TailSplitRule Fun").Output[0]));

        _session.Run("$value | Remove-TailSplitPolicy", copy).AssertNoErrors();

        Assert.DoesNotContain(_session.Run("Get-TailSplitPolicy").Policies, policy => policy.Name == "Fun");
    }

    [Fact]
    public void An_unknown_name_is_an_error_and_the_others_go()
    {
        Answer answer = _session.Run("Remove-TailSplitPolicy nosuch, media");

        ErrorRecord error = answer.AssertError("PolicyNotFound", ErrorCategory.ObjectNotFound);
        Assert.Equal("nosuch", error.TargetObject);
        Assert.DoesNotContain(_session.Run("Get-TailSplitPolicy").Policies, policy => policy.Name == "media");
    }

    [Fact]
    public void An_unknown_name_alone_writes_nothing()
    {
        _session.Run("Remove-TailSplitPolicy nosuch").AssertError("PolicyNotFound", ErrorCategory.ObjectNotFound);

        Assert.Equal(0, _session.Host.Writes);
    }

    [Fact]
    public void A_wildcard_that_matches_nothing_is_silent_and_writes_nothing()
    {
        Answer answer = _session.Run("Remove-TailSplitPolicy nosuch*").AssertNoErrors();

        Assert.Empty(answer.Output);
        Assert.Equal(0, _session.Host.Writes);
    }

    [Fact]
    public void A_piped_network_without_a_policy_is_an_error() =>
        _session.Run(
            "Get-DockerNetwork bridge | Remove-TailSplitPolicy").AssertError("PolicyNotFound",
            ErrorCategory.ObjectNotFound);

    [Fact]
    public void An_object_that_names_nothing_is_an_error()
    {
        Answer answer = _session.Run("42, [pscustomobject]@{ Colour = 'red' } | Remove-TailSplitPolicy");

        Assert.Equal(2, answer.Errors.Count);
        Assert.Equal(0, _session.Host.Writes);
    }

    [Fact]
    public void Policies_are_removed_without_docker()
    {
        _session.Host.Missing.Add("docker");

        _session.Run("Remove-TailSplitPolicy *").AssertNoErrors();

        Assert.Equal(_before, _session.Host.Rules);
    }

    [Fact]
    public void The_same_policy_named_twice_is_removed_once()
    {
        Answer answer = _session.Run("Remove-TailSplitPolicy media, m*, MEDIA").AssertNoErrors();

        Assert.Equal(answer.Lines.Distinct(), answer.Lines);
    }

    [Fact]
    public void Foreign_rules_that_were_made_meanwhile_stay()
    {
        _session.Host.Firewall[IpFamily.IPv4].Load("*filter\n-I DOCKER-USER 1 -s 203.0.113.0/24 -j DROP\nCOMMIT\n");
        using Session other = new();
        other.Host.Firewall[IpFamily.IPv4].Load("*filter\n-I DOCKER-USER 1 -s 203.0.113.0/24 -j DROP\nCOMMIT\n");

        _session.Run("Remove-TailSplitPolicy *").AssertNoErrors();

        Assert.Equal(other.Host.Rules, _session.Host.Rules);
    }
}
