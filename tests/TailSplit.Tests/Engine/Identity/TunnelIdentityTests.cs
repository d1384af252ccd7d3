using System.Management.Automation;
using TailSplit.Core.Diagnosis;
using TailSplit.Core.Model;
using TailSplit.Output;
using TailSplit.Tests.Engine.Hosting;
using TailSplit.Tests.Fakes;
using TailSplit.Tests.Fakes.Docker;
using Xunit;

namespace TailSplit.Tests.Engine.Identity;

/// <summary>The tunnel is a TUN device of Tailscale, or nothing is written.</summary>
public sealed class TunnelIdentityTests : IDisposable
{
    private readonly Session _session = new();

    private FakeHost Host => _session.Host;

    public void Dispose() => _session.Dispose();

    [Theory]
    [InlineData("eth0")]
    [InlineData("br-torrents")]
    [InlineData("docker0")]
    public void An_interface_that_is_not_a_tun_device_is_refused_as_tunnel(string name)
    {
        ErrorRecord error = _session.Run($"New-TailSplitKillswitch torrents -TunnelInterface {name}")
            .AssertError("NotATunnel", ErrorCategory.InvalidArgument);

        Assert.Contains($"'{name}' can't be the tunnel", error.ErrorDetails.Message, StringComparison.Ordinal);
        Assert.Equal(0, Host.Writes);
    }

    [Fact]
    public void A_tun_device_with_mains_default_route_is_refused_too()
    {
        Host.Routes.AddLink("tun0", "10.8.0.2/24");
        Host.Routes.AddRoute(IpFamily.IPv4, 254, "default", "tun0");

        _session.Run("New-TailSplitKillswitch torrents -TunnelInterface tun0")
            .AssertError("NotATunnel", ErrorCategory.InvalidArgument);
    }

    [Fact]
    public void A_tunnel_that_does_not_exist_yet_is_accepted() => _session
        .Run("New-TailSplitKillswitch torrents -TunnelInterface ts9").AssertNoErrors();

    [Fact]
    public void Behind_pppoe_with_an_address_of_the_tailnets_range_the_uplink_is_not_taken_for_the_tunnel()
    {
        BehindPppoe();

        _session.Run("New-TailSplitKillswitch torrents").AssertNoErrors();

        Assert.Equal("tailscale0", Assert.Single(Policies()).TunnelInterface);
    }

    [Fact]
    public void An_interface_of_tailscales_usual_name_that_is_no_tun_device_is_refused()
    {
        Host.Routes.RemoveLink("tailscale0");
        Host.Routes.RemoveTable(52);
        Host.Routes.AddLink("tailscale0", "192.168.7.2/24");
        Host.Routes.Kinds["tailscale0"] = "veth";

        _session.Run("New-TailSplitKillswitch torrents").AssertError("NotATunnel", ErrorCategory.InvalidArgument);
    }

    [Fact]
    public void A_label_that_names_the_uplink_is_an_error_and_the_network_is_closed_all_the_same()
    {
        Host.Add(new FakeNetwork("shut")
        {
            Subnet = ["172.30.0.0/16"],
            Labels = new() { ["tailsplit.policy"] = "killswitch", ["tailsplit.tunnel-interface"] = "eth0" },
        });

        _session.Run("Sync-TailSplitPolicy").AssertError("InvalidLabel", ErrorCategory.InvalidArgument);

        Assert.Equal("tailscale0", Assert.Single(Policies()).TunnelInterface);
    }

    [Fact]
    public void A_policy_whose_tunnel_became_another_interface_fails_with_the_command_that_moves_it()
    {
        _session.Given($"New-TailSplitKillswitch torrents -TunnelInterface ts9");
        Host.Routes.AddLink("ts9", "203.0.113.9/24");
        Host.Routes.Kinds["ts9"] = "ppp";

        TailSplitCheck check = Check("TunnelDevice");

        Assert.Equal(CheckStatus.Fail, check.Status);
        Assert.Equal(PolicyState.Degraded, Assert.Single(Policies()).State);
        _session.Run(check.Remedy!).AssertNoErrors();
        Assert.Equal(PolicyState.Active, Assert.Single(Policies()).State);
        Assert.Equal(CheckStatus.Pass, Check("TunnelDevice").Status);
        Assert.Equal("tailscale0", Assert.Single(Policies()).TunnelInterface);
    }

    [Fact]
    public void A_policy_for_another_tun_device_than_tailscales_is_a_warning()
    {
        _session.Given($"New-TailSplitKillswitch torrents -TunnelInterface tun7");
        Host.Routes.AddLink("tun7", "10.8.0.2/24");

        Assert.Equal(CheckStatus.Warn, Check("TunnelDevice").Status);
    }

    private void BehindPppoe()
    {
        Host.Routes.AddLink("ppp0", "100.70.9.9/32");
        Host.Routes.Kinds["ppp0"] = "ppp";
        Host.Routes.AddRoute(IpFamily.IPv4, 254, "default", "ppp0");
    }

    private IReadOnlyList<TailSplitPolicy> Policies() => _session.Run("Get-TailSplitPolicy").AssertNoErrors().Policies;

    private TailSplitCheck Check(string name) => _session.Run("Test-TailSplitPolicy").Of<TailSplitCheck>()
        .Single(check => check.Check == name && check.Policy is not null);
}
