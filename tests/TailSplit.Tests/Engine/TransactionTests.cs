using System.Management.Automation;
using TailSplit.Core.Iptables;
using TailSplit.Core.Model;
using TailSplit.Output;
using TailSplit.Tests.Engine.Hosting;
using TailSplit.Tests.Fakes;
using Xunit;

namespace TailSplit.Tests.Engine;

/// <summary>
/// A whole pipeline is one transaction; what is bad in it is left out with an error, what is good is applied.
/// </summary>
public sealed class TransactionTests : IDisposable
{
    private const string FiveRows = """
        [pscustomobject]@{ Name = 'n1'; Subnet = '10.1.0.0/16'; Bridge = 'br-1' }
        [pscustomobject]@{ Name = 'n2'; Subnet = '10.2.0.0/16'; Bridge = 'br-2' }
        [pscustomobject]@{ Name = 'n3'; Subnet = 'fd00:3::/64'; Bridge = 'br-3' }
        [pscustomobject]@{ Name = 'n4'; Subnet = '10.4.0.0/16'; Bridge = 'br-4' }
        [pscustomobject]@{ Name = 'n5'; Subnet = '10.5.0.0/16'; Bridge = 'br-5' }
        """;

    private readonly Session _session = new();

    public void Dispose() => _session.Dispose();

    [Theory]
    [InlineData("New-TailSplitKillswitch -BlockHost -AllowPublishedPort")]
    [InlineData("New-TailSplitBypass -Exclude 198.51.100.0/24")]
    public void A_pipeline_of_five_networks_is_one_restore_and_one_batch_of_each_family(string command)
    {
        _session.Run($"@({FiveRows}) | {command}").AssertNoErrors();

        AssertWritesOfOneTransaction();
        Assert.Equal(
            ["n1", "n2", "n3", "n4", "n5"], _session.Run("Get-TailSplitPolicy").Policies.Select(policy => policy.Name));
    }

    [Fact]
    public void Removing_five_policies_is_one_restore_and_one_batch_of_each_family()
    {
        string before = _session.Host.Rules;
        _session.Given($"@({FiveRows}) | New-TailSplitKillswitch");

        _session.Run("Get-TailSplitPolicy | Remove-TailSplitPolicy").AssertNoErrors();

        AssertWritesOfOneTransaction();
        Assert.Equal(before, _session.Host.Rules);
    }

    [Fact]
    public void Five_networks_together_give_the_same_rules_as_one_after_the_other()
    {
        _session.Run($"@({FiveRows}) | New-TailSplitKillswitch").AssertNoErrors();
        string together = _session.Host.Rules;
        using Session other = new();

        other.Run($"@({FiveRows}) | ForEach-Object {{ $_ | New-TailSplitKillswitch }}").AssertNoErrors();

        Assert.Equal(together, other.Host.Rules);
    }

    [Fact]
    public void With_x_tables_every_text_is_tested_before_the_first_is_written() => Assert.Equal(
        ["iptables-restore test", "ip6tables-restore test", "iptables-restore", "ip6tables-restore", "ip", "ip"],
        StepsOf("New-TailSplitKillswitch torrents", IptablesVariant.Legacy));

    // A test there costs ten commits, and a commit that is refused changes nothing.
    [Fact]
    public void With_nf_tables_the_commit_itself_is_the_test() => Assert.Equal(
        ["iptables-restore", "ip6tables-restore", "ip", "ip"],
        StepsOf("New-TailSplitKillswitch torrents", IptablesVariant.Nft));

    [Fact]
    public void Removing_a_killswitch_removes_its_ip_rules_before_its_firewall_rules()
    {
        _session.Given($"New-TailSplitKillswitch torrents");

        _session.Run("Remove-TailSplitPolicy torrents").AssertNoErrors();

        string[] steps = [.. _session.Host.Calls.Where(call => call.IsWrite).Select(call => call.Call.Program)];
        Assert.Equal(["ip", "ip", "iptables-restore", "ip6tables-restore"], steps);
    }

    [Fact]
    public void One_bad_network_among_good_ones_is_an_error_and_the_others_are_applied()
    {
        Answer answer = _session.Run("'media', 'nosuch', 'games' | New-TailSplitBypass");

        answer.AssertError("NetworkNotFound", ErrorCategory.ObjectNotFound);
        Assert.Null(answer.Terminated);
        Assert.Equal(["games", "media"], Names());
    }

    [Fact]
    public void One_bad_row_among_good_ones_is_an_error_and_the_others_are_applied()
    {
        Answer answer = _session.Run("""
            @(
                [pscustomobject]@{ Name = 'n1'; Subnet = '10.1.0.0/16'; Bridge = 'br-1' }
                [pscustomobject]@{ Name = 'n2'; Subnet = '10.2.0.1/16'; Bridge = 'br-2' }
                [pscustomobject]@{ Name = 'n3'; Subnet = '10.3.0.0/16'; Bridge = 'br-3' }
            ) | New-TailSplitKillswitch
            """);

        ErrorRecord error = answer.AssertError("InvalidCidr", ErrorCategory.InvalidArgument);
        Assert.Equal("10.2.0.1/16", error.TargetObject);
        Assert.Equal(["n1", "n3"], Names());
    }

    [Fact]
    public void One_policy_that_exists_with_other_options_does_not_stop_the_others()
    {
        _session.Given($"New-TailSplitKillswitch media -BlockHost");

        Answer answer = _session.Run("'media', 'games' | New-TailSplitKillswitch");

        answer.AssertError("PolicyExists", ErrorCategory.ResourceExists);
        Assert.Equal(["games", "media"], Names());
        Assert.DoesNotContain(answer.Rules, rule => rule.Policy == "media");
    }

    [Fact]
    public void Of_two_that_overlap_in_one_pipeline_the_first_is_applied()
    {
        Answer answer = _session.Run("""
            @(
                [pscustomobject]@{ Name = 'n1'; Subnet = '10.1.0.0/16'; Bridge = 'br-1' }
                [pscustomobject]@{ Name = 'n2'; Subnet = '10.1.2.0/24'; Bridge = 'br-2' }
            ) | New-TailSplitKillswitch
            """);

        answer.AssertError("OverlappingPolicies", ErrorCategory.ResourceExists);
        Assert.Equal(["n1"], Names());
    }

    [Fact]
    public void The_same_network_twice_in_one_pipeline_is_one_policy()
    {
        Answer answer = _session.Run("'media', 'media' | New-TailSplitKillswitch").AssertNoErrors();

        Assert.Equal(["media"], Names());
        Assert.Equal(answer.Lines.Distinct(), answer.Lines);
    }

    [Fact]
    public void Piped_networks_that_cannot_have_a_policy_are_passed_over_with_a_warning_each()
    {
        Answer answer = _session.Run("Get-DockerNetwork | New-TailSplitKillswitch").AssertNoErrors();

        Assert.Equal(["bridge", "games", "media", "torrents"], Names());
        Assert.Equal(6, answer.Warnings.Count);
        foreach (string name in (string[])["host", "none", "lan", "vlan", "swarm", "vault"])
            Assert.Single(
                answer.Warnings,
                warning => warning.StartsWith($"The network '{name}' can't have a policy: ", StringComparison.Ordinal));
    }

    [Fact]
    public void A_pipeline_of_nothing_does_nothing()
    {
        Answer answer = _session.Run("Get-DockerNetwork nosuch* | New-TailSplitKillswitch").AssertNoErrors();

        Assert.Empty(answer.Output);
        // What Get-DockerNetwork reads, and no more.
        string[] others = [.. _session.Host.Calls.Where(call => call.Call.Program != "docker").Select(call => call.ToString())];
        Assert.Equal(
            ["ip -4 -N -j rule show", "ip -6 -N -j rule show", "ip -d -j address show"], others.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("New-TailSplitKillswitch media, games -Name one")]
    [InlineData("Get-DockerNetwork media, games | New-TailSplitKillswitch -Name one")]
    [InlineData("'media', 'games' | New-TailSplitKillswitch -Name one")]
    public void One_name_for_several_policies_is_an_error(string script)
    {
        ErrorRecord error = _session.Run(script).AssertError("AmbiguousName", ErrorCategory.InvalidArgument);

        Assert.Equal("one", error.TargetObject);
        Assert.Equal(0, _session.Host.Writes);
    }

    [Theory]
    [InlineData("New-TailSplitKillswitch media, games -Name media")]
    [InlineData("Get-DockerNetwork media, games | New-TailSplitKillswitch -Name media")]
    public void One_name_for_several_networks_is_an_error_even_if_one_of_them_has_it(string script)
    {
        _session.Run(script).AssertError("AmbiguousName", ErrorCategory.InvalidArgument);

        Assert.Equal(0, _session.Host.Writes);
    }

    [Fact]
    public void Foreign_rules_are_all_there_in_their_order_afterwards()
    {
        string[] before = _session.Host.Rules.Split('\n');

        _session.Run("Get-DockerNetwork | New-TailSplitKillswitch -BlockHost 3>&1").AssertNoErrors();

        HashSet<string> foreign = [.. before];
        Assert.Equal(before, _session.Host.Rules.Split('\n').Where(foreign.Contains).Select(line => line));
    }

    [Fact]
    public void No_mark_outside_of_tailscales_mask_is_ever_written()
    {
        _session.Run(
            "Get-DockerNetwork media, torrents | New-TailSplitBypass; New-TailSplitKillswitch games").AssertNoErrors();

        foreach (string line in _session.Run("Get-TailSplitRule").Lines.Where(
            line => line.Contains("mark", StringComparison.OrdinalIgnoreCase)))
            Assert.Contains("0xff0000", line, StringComparison.Ordinal);
    }

    private IEnumerable<string> Names() =>
        _session.Run("Get-TailSplitPolicy").Of<TailSplitPolicy>().Select(policy => policy.Name);

    private void AssertWritesOfOneTransaction()
    {
        foreach (IpFamily family in IpFamilies.All)
        {
            Assert.Single(_session.Host.Calls, call => Calls.Restore(family)(call.Call));
            Assert.Single(_session.Host.Calls, call => Calls.Batch(family)(call.Call));
        }

        Assert.Equal(4, _session.Host.Writes);
    }

    private static string[] StepsOf(string script, IptablesVariant store)
    {
        using Session session = new(UsualHost.Create(store));
        session.Run(script).AssertNoErrors();
        return [.. session.Host.Calls.Select(call => call.Call).Where(call => call.Input is not null).Select(call =>
            call.Program + (call.Arguments.Contains("--test") ? " test" : ""))];
    }
}
