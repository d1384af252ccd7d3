using System.Management.Automation;
using TailSplit.Core.Model;
using TailSplit.Output;
using TailSplit.Tests.Engine.Hosting;
using TailSplit.Tests.Fakes;
using Xunit;

namespace TailSplit.Tests.Engine;

/// <summary>The ip rules of all policies can be put in front of somebody else's.</summary>
public sealed class RulePreferenceTests : IDisposable
{
    private readonly Session _session = new();

    private FakeHost Host => _session.Host;

    public void Dispose() => _session.Dispose();

    [Fact]
    public void All_policies_move_to_the_preference_and_stay_there()
    {
        string before = Host.Rules;
        _session.Given($"New-TailSplitBypass media; New-TailSplitKillswitch torrents");

        _session.Run("New-TailSplitKillswitch torrents -RulePreference 2480 -Force").AssertNoErrors();

        Assert.All(BeforeTailscales(), preference => Assert.InRange(preference, 2472, 2481));
        Assert.All(
            _session.Run("Get-TailSplitPolicy").Policies, policy => Assert.Equal(PolicyState.Active, policy.State));
        _session.Run("New-TailSplitBypass games").AssertNoErrors();
        Assert.All(BeforeTailscales(), preference => Assert.InRange(preference, 2472, 2481));
        Host.Forget();
        _session.Run("New-TailSplitKillswitch torrents -RulePreference 2480").AssertNoErrors();
        Assert.Equal(0, Host.Writes);
        _session.Run("Remove-TailSplitPolicy *").AssertNoErrors();
        Assert.Equal(before, Host.Rules);
    }

    [Fact]
    public void The_default_preference_can_be_restored()
    {
        _session.Given($"New-TailSplitKillswitch torrents -RulePreference 2480");

        _session.Run("New-TailSplitKillswitch torrents -RulePreference 5100").AssertNoErrors();

        Assert.All(BeforeTailscales(), preference => Assert.InRange(preference, 5092, 5101));
    }

    [Fact]
    public void A_dry_run_shows_the_preference_and_writes_nothing()
    {
        _session.Given($"New-TailSplitKillswitch torrents");
        Host.Forget();

        Answer answer = _session.Run("New-TailSplitKillswitch torrents -RulePreference 2480 -WhatIf");

        Assert.Contains(
            answer.AssertNoErrors().Of<TailSplitRule>(), rule => rule is { Preference: 2472, State: RuleState.Planned });
        Assert.Equal(0, Host.Writes);
    }

    [Theory]
    [InlineData(5101)]
    [InlineData(5)]
    [InlineData(-1)]
    [InlineData(1350)]
    public void A_place_without_room_is_refused_and_nothing_is_written(int place)
    {
        Answer answer = _session.Run($"New-TailSplitKillswitch torrents -RulePreference {place}");

        answer.AssertError("RulePreferenceOutOfRange", ErrorCategory.InvalidArgument);
        Assert.Equal(0, Host.Writes);
    }

    [Fact]
    public void The_remedy_of_a_rule_that_decides_first_leaves_it_and_makes_the_check_pass()
    {
        _session.Given($"New-TailSplitBypass media; New-TailSplitKillswitch torrents");
        Host.Routes.Add(IpFamily.IPv4, "pref 2500 to 192.168.1.0/24 lookup main");
        Host.Routes.Add(IpFamily.IPv6, "pref 4000 from fd00:19::/64 lookup 100");
        TailSplitCheck[] troubles = Troubles();
        Assert.NotEmpty(troubles);

        foreach (TailSplitCheck check in troubles)
            _session.Run(check.Remedy!).AssertNoErrors();

        Assert.Empty(Troubles());
        Assert.Contains(Host.Routes.Rules(IpFamily.IPv4), rule => rule.Preference == 2500);
        Assert.Contains(Host.Routes.Rules(IpFamily.IPv6), rule => rule.Preference == 4000);
    }

    private TailSplitCheck[] Troubles() => [.. _session.Run("Test-TailSplitPolicy").AssertNoErrors().Of<TailSplitCheck>()
        .Where(check => check is { Check: "ForeignRules", Status: not TailSplit.Core.Diagnosis.CheckStatus.Pass })];

    // The rules of the policies' blocks lie behind all others, wherever these are.
    private int[] BeforeTailscales()
    {
        int[] preferences = [.. IpFamilies.All
            .SelectMany(family => Host.Routes.Rules(family))
            .Where(rule => rule.Protocol == 84)
            .Select(rule => rule.Preference)
            .Where(preference => preference < 32766)];
        Assert.NotEmpty(preferences);
        return preferences;
    }
}
