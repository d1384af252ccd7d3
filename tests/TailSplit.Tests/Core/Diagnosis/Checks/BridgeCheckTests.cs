using System.Net;
using TailSplit.Core.Hosts;
using TailSplit.Tests.Fakes;
using Xunit;

namespace TailSplit.Tests.Core.Diagnosis.Checks;

public sealed class BridgeCheckTests
{
    [Fact]
    public void A_network_that_is_gone_is_a_warning_and_its_policy_can_go()
    {
        Host host = Snapshots.Of("New-TailSplitBypass games", host => host.Remove(UsualHost.Games));

        Assert.Equal(["Bridge Warn games"], host.Troubles());
        Assert.Equal("Remove-TailSplitPolicy games", host.Result("Bridge", "games").Remedy);
    }

    [Fact]
    public void A_policy_by_subnet_alone_that_ipv6_passes_by_fails()
    {
        Host host = Snapshots.Of("New-TailSplitKillswitch -Subnet 172.31.0.0/16 -Name media", host =>
            host.Routes.AddLink("br-late", "172.31.0.1/16", "fd00:31::1/64"));

        Assert.Equal(["Bridge Fail media"], host.Troubles());
        Assert.Equal(
            "New-TailSplitKillswitch -Subnet 172.31.0.0/16, fd00:31::/64 -Bridge br-late -Name media -Force",
            host.Result("Bridge", "media").Remedy);
    }

    [Fact]
    public void An_ipv6_address_that_the_policy_does_not_know_of_is_a_warning()
    {
        Host host = Snapshots.Healthy();
        string bridge = UsualHost.Media.Bridge;
        host = host with
        {
            Routing = host.Routing with
            {
                Interfaces = [.. host.Routing.Interfaces.Select(link => link.Name != bridge
                    ? link
                    : link with { Addresses = [.. link.Addresses, new(IPAddress.Parse("fe80::1"), 64), new(
                        IPAddress.Parse("fd00:99::1"), 64)] })],
            },
        };

        Assert.Equal(["Bridge Warn media"], host.Troubles());
        Assert.Null(host.Result("Bridge", "media").Remedy);
    }
}
