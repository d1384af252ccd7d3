using System.Management.Automation;
using TailSplit.Core.Model;
using TailSplit.Execution.Programs;
using TailSplit.Tests.Engine.Hosting;
using TailSplit.Tests.Fakes;
using TailSplit.Tests.Fakes.Docker;
using Xunit;

namespace TailSplit.Tests.Engine;

/// <summary>A program that dies has not said that there is nothing.</summary>
public sealed class UnseenTests : IDisposable
{
    private readonly Session _session = new();

    private FakeHost Host => _session.Host;

    public void Dispose() => _session.Dispose();

    [Theory]
    [InlineData("254")]
    [InlineData("52")]
    public void Routes_that_cannot_be_read_are_an_error_and_no_empty_table(string table)
    {
        _session.Given($"New-TailSplitKillswitch torrents");
        Dies(call => call.Program == "ip" && call.Arguments.Contains("route") && call.Arguments[^1] == table);

        foreach (string script in (string[])[
            "Test-TailSplitPolicy", "Test-TailSplitPolicy -Quiet", "Get-TailSplitPolicy", "New-TailSplitKillswitch games"])
        {
            _session.Run(script).AssertError("ReadFailed", ErrorCategory.ResourceUnavailable);
        }

        Assert.Equal(0, Host.Writes);
    }

    // Nobody has seen then that the bridge has no port into the LAN, and which interface is the tunnel.
    [Theory]
    [InlineData("New-TailSplitKillswitch torrents")]
    [InlineData("New-TailSplitKillswitch torrents -TunnelInterface tailscale0")]
    [InlineData("New-TailSplitKillswitch -Subnet 172.19.0.0/16 -Bridge br-torrents")]
    [InlineData("Get-DockerNetwork torrents | New-TailSplitBypass")]
    public void Nothing_is_written_where_interfaces_cannot_be_read(string script)
    {
        Dies(call => call.Program == "ip" && call.Arguments.Contains("address"));

        _session.Run(script).AssertError("ReadFailed", ErrorCategory.ResourceUnavailable);
        Assert.Equal(0, Host.Writes);
    }

    [Theory]
    [InlineData("Error: ipv4: FIB table does not exist.\nDump terminated")]
    [InlineData("RTNETLINK answers: No such file or directory\nDump terminated")]
    public void A_table_that_does_not_exist_has_no_routes(string words)
    {
        Host.Faults.Add(new Fault(call => call.Program == "ip" && call.Arguments is [_, _, "route", _, _, "52"])
        {
            ExitCode = 2,
            Words = words,
            Times = int.MaxValue,
        });

        _session.Run("New-TailSplitKillswitch torrents").AssertNoErrors();
    }

    [Fact]
    public void A_client_that_crashes_when_asked_for_its_daemon_is_not_treated_as_local()
    {
        Dies(call => call.Program == "docker" && call.Arguments[0] == "context");

        _session.Run("New-TailSplitKillswitch torrents").AssertError("DockerUnavailable", ErrorCategory.ResourceUnavailable);
        Assert.Equal(0, Host.Writes);
    }

    // A network that was recreated meanwhile is on another bridge.
    [Theory]
    [InlineData("network")]
    [InlineData("ps")]
    [InlineData("info")]
    public void Quiet_is_false_for_a_killswitch_where_docker_cannot_be_seen(string command)
    {
        _session.Given($"New-TailSplitKillswitch torrents; New-TailSplitBypass media; New-TailSplitKillswitch -Subnet 10.99.0.0/24 -Name byhand");
        Assert.Equal([true], Quiet(""));
        Dies(call => call.Program == "docker" && call.Arguments[0] == command);

        Assert.Equal([false], Quiet(""));
        Assert.Equal([false], Quiet("torrents"));
        Assert.Equal([true], Quiet("media"));
        Assert.Equal([true], Quiet("byhand"));
    }

    [Fact]
    public void Quiet_is_false_for_a_killswitch_where_docker_hangs()
    {
        _session.Given($"New-TailSplitKillswitch torrents");
        Host.Limit = TimeSpan.FromMilliseconds(20);
        Host.Faults.Add(new Fault(call => call.Program == "docker") { Point = FaultPoint.Hang, Times = int.MaxValue });

        Assert.Equal([false], Quiet(""));
    }

    [Fact]
    public void A_bridge_that_was_renamed_fails()
    {
        _session.Given($"New-TailSplitKillswitch torrents");
        Host.Routes.RemoveLink("br-torrents");
        Host.Routes.AddLink("br-renamed", "172.19.0.1/16");

        Assert.Equal([false], Quiet(""));
        _session.Run("New-TailSplitKillswitch torrents -Force")
            .AssertError("NetworkCannotHavePolicy", ErrorCategory.InvalidOperation);
    }

    [Fact]
    public void One_of_two_names_that_differ_in_case_is_that_in_its_own_case()
    {
        Host.Add(new FakeNetwork("Media") { Subnet = ["172.40.0.0/16"] });
        _session.Given($"New-TailSplitBypass media; New-TailSplitKillswitch Media");

        Assert.Equal("Media", Assert.Single(_session.Run("Get-TailSplitPolicy Media").Policies).Name);
        Assert.Equal("media", Assert.Single(_session.Run("Get-DockerNetwork media").Of<DockerNetwork>()).Name);
        Assert.All(_session.Run("Get-TailSplitRule Media").Rules, rule => Assert.Equal("Media", rule.Policy));
        _session.Run("Remove-TailSplitPolicy MEDIA").AssertError("PolicyNotFound", ErrorCategory.ObjectNotFound);
        _session.Run("Remove-TailSplitPolicy media").AssertNoErrors();

        Assert.Equal("Media", Assert.Single(_session.Run("Get-TailSplitPolicy").Policies).Name);
        Assert.Equal("Media", Assert.Single(_session.Run("Get-TailSplitPolicy MEDIA").Policies).Name);
    }

    private IReadOnlyList<bool> Quiet(string name) =>
        _session.Run($"Test-TailSplitPolicy {name} -Quiet").AssertNoErrors().Of<bool>();

    private void Dies(Func<ProgramCall, bool> which) =>
        Host.Faults.Add(new Fault(which) { ExitCode = 139, Words = "", Times = int.MaxValue });
}
