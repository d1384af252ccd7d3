using System.Collections.ObjectModel;
using System.Management.Automation;
using TailSplit.Tests.Engine.Hosting;
using TailSplit.Tests.Fakes;
using TailSplit.Tests.Fakes.Docker;
using Xunit;

namespace TailSplit.Tests.Engine;

/// <summary>What Tab offers, in the engine's own words.</summary>
public sealed class CompletionTests : IDisposable
{
    private const string Bypassable = "bridge games media torrents";
    private const string Others = "host lan none swarm vault vlan";

    private readonly Session _session = new();

    public void Dispose() => _session.Dispose();

    [Theory]
    [InlineData("Get-DockerNetwork ", $"{Bypassable} {Others}")]
    [InlineData("Get-DockerNetwork -Name m", "media")]
    [InlineData("Get-DockerNetwork media, t", "torrents")]
    [InlineData("Get-DockerNetwork *a", "games media lan swarm vault vlan")]
    [InlineData("Get-DockerNetwork MED", "media")]
    [InlineData("New-TailSplitBypass ", $"{Bypassable} {Others}")]
    [InlineData("New-TailSplitBypass -Network to", "torrents")]
    [InlineData("New-TailSplitKillswitch -WhatIf -Network g", "games")]
    public void Networks_are_offered_first_those_that_can_have_a_policy(string line, string expected) =>
        Assert.Equal(expected, Text(line));

    [Fact]
    public void A_network_tells_its_driver_its_subnet_and_whether_it_can_have_a_policy()
    {
        Assert.Equal(
            "bridge, 172.19.0.0/16, fd00:19::/64; can have a policy",
            Assert.Single(Complete("New-TailSplitBypass tor")).ToolTip);
        Assert.StartsWith(
            "macvlan, 192.168.1.0/24; no policy: macvlan frames",
            Assert.Single(Complete("New-TailSplitBypass lan")).ToolTip, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Get-TailSplitPolicy ", "media torrents")]
    [InlineData("Get-TailSplitPolicy -Name t", "torrents")]
    [InlineData("Get-TailSplitRule ", "media torrents")]
    [InlineData("Get-TailSplitRule -Policy m", "media")]
    [InlineData("Remove-TailSplitPolicy ", "media torrents")]
    [InlineData("Remove-TailSplitPolicy -Name media, ", "media torrents")]
    public void Policies_in_force_are_offered(string line, string expected)
    {
        _session.Given($"New-TailSplitBypass media; New-TailSplitKillswitch torrents");

        Assert.Equal(expected, Text(line));
    }

    [Fact]
    public void A_policy_tells_its_kind_and_its_target()
    {
        _session.Given($"New-TailSplitKillswitch torrents");

        Assert.Equal(
            "Killswitch: 172.19.0.0/16, fd00:19::/64, br-torrents",
            Assert.Single(Complete("Get-TailSplitPolicy ")).ToolTip);
    }

    [Fact]
    public void The_tunnel_comes_first_where_it_is_meant()
    {
        CompletionResult tunnel = Complete("New-TailSplitBypass media -TunnelInterface ")[0];

        Assert.Equal("tailscale0", tunnel.CompletionText);
        Assert.Equal("the Tailscale interface; 100.101.102.103/32, fd7a:115c:a1e0::1/128", tunnel.ToolTip);
    }

    [Fact]
    public void Bridges_are_offered_and_the_tunnel_comes_last()
    {
        Collection<CompletionResult> links = Complete("New-TailSplitKillswitch -Subnet 172.19.0.0/16 -Bridge ");

        Assert.Equal("tailscale0", links[^1].CompletionText);
        Assert.Contains(links, link => link.CompletionText == "br-torrents" && link.ToolTip.StartsWith(
            "172.19.0.1/16", StringComparison.Ordinal));
        Assert.DoesNotContain(links, link => link.CompletionText == "lo");
    }

    [Fact]
    public void Labels_are_offered_as_the_hashtable_that_the_parameter_takes()
    {
        _session.Host.Add(
            new FakeNetwork(
                "shop")
            { Subnet = ["172.25.0.0/16"], Labels = new() { ["com.docker.compose.project"] = "it's" } });

        Assert.Equal(
            [
                "@{ 'com.docker.compose.project' = 'it''s' }", "@{ team = 'video' }", "@{ tier = 'closed' }",
                "@{ tier = 'open' }"
            ],
            Complete("Get-DockerNetwork -Label ").Select(result => result.CompletionText));
        _session.Run("Get-DockerNetwork -Label @{ 'com.docker.compose.project' = 'it''s' }").AssertNoErrors();
    }

    [Theory]
    [InlineData("my ", "'my net'")]
    [InlineData("'my", "'my net'")]
    [InlineData("\"my", "\"my net\"")]
    [InlineData("it", "'it''s'")]
    [InlineData("\"cash", "\"cash`$\"")]
    [InlineData("'med", "'media'")]
    public void Names_are_quoted_where_they_need_it_and_where_a_quote_was_begun(string word, string expected)
    {
        foreach (string name in (string[])["my net", "it's", "cash$"])
            _session.Host.Add(new FakeNetwork(name) { Subnet = ["172.25.0.0/16"], BridgeName = "br-odd" });

        Assert.Equal(
            expected,
            Complete($"Get-DockerNetwork {word.TrimEnd()}").Select(result => result.CompletionText).SingleOrDefault());
    }

    [Fact]
    public void Docker_is_asked_once_for_several_tabs()
    {
        Complete("New-TailSplitBypass m");
        int calls = _session.Host.Calls.Count;

        Complete("New-TailSplitBypass t");
        Complete("Get-DockerNetwork -Label ");

        Assert.Equal(2, calls);
        Assert.Equal(2, _session.Host.Calls.Count);
    }

    [Fact]
    public void It_is_silent_when_docker_is_down()
    {
        _session.Host.Docker.IsRunning = false;

        Assert.Empty(Complete("New-TailSplitBypass "));
        Assert.Empty(Complete("Get-DockerNetwork -Label "));
    }

    [Fact]
    public void It_is_silent_when_docker_is_missing_and_when_root_is_refused()
    {
        _session.Host.Missing.Add("docker");
        _session.Host.RefusesRoot = true;

        Assert.Empty(Complete("New-TailSplitBypass "));
        Assert.Empty(Complete("Get-TailSplitPolicy "));
    }

    [Fact]
    public void It_does_not_wait_for_a_docker_that_hangs()
    {
        const int times = 9;
        Fault hang = new(call => call.Program == "docker") { Point = FaultPoint.Hang, Times = times };
        _session.Host.Faults.Add(hang);

        // Both come back, though docker never does; the second asks nobody.
        Assert.Empty(Complete("New-TailSplitBypass "));
        Assert.Empty(Complete("New-TailSplitBypass m"));

        Assert.Equal(times - 1, hang.Times);
    }

    [Fact]
    public void Nothing_is_written_by_asking()
    {
        Complete("Remove-TailSplitPolicy ");
        Complete("New-TailSplitBypass ");

        Assert.Equal(0, _session.Host.Writes);
    }

    private string Text(string line) => string.Join(' ', Complete(line).Select(result => result.CompletionText));

    // As TabExpansion2, which is but a wrapper round it.
    private Collection<CompletionResult> Complete(string line) => _session
        .Run("[System.Management.Automation.CommandCompletion]::CompleteInput($value, $value.Length, $null)", line)
        .AssertNoErrors()
        .Of<CommandCompletion>()
        .Single()
        .CompletionMatches;
}
