using System.Net;
using TailSplit.Core.Diagnosis;
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

    [Fact]
    public void Ipv6_that_no_rule_matches_fails_without_docker_too()
    {
        Host host = Snapshots.Of("New-TailSplitKillswitch -Subnet 172.31.0.0/16 -Name media", host =>
        {
            host.Routes.AddLink("br-late", "172.31.0.1/16", "fd00:31::1/64");
            host.Docker.IsRunning = false;
        });

        Assert.Equal(CheckStatus.Skipped, host.Result("Bridge").Status);
        Assert.Equal(CheckStatus.Fail, host.Result("Bridge", "media").Status);
        Assert.Equal(
            "New-TailSplitKillswitch -Subnet 172.31.0.0/16, fd00:31::/64 -Bridge br-late -Name media -Force",
            host.Result("Bridge", "media").Remedy);
    }

    [Fact]
    public void Addresses_of_a_bridge_that_is_not_there_are_not_known_without_docker_either()
    {
        Host host = Snapshots.Healthy(host =>
        {
            host.Routes.RemoveLink(UsualHost.Torrents.Bridge);
            host.Docker.IsRunning = false;
        });

        Assert.Equal(CheckStatus.Skipped, host.Result("Bridge", "torrents").Status);
        Assert.Contains("does not exist now", host.Result("Bridge", "torrents").Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_recreated_network_and_an_unknown_ipv6_address_are_both_reported()
    {
        Host host = Snapshots.Healthy(host =>
        {
            host.Remove(UsualHost.Media);
            host.Add(UsualHost.Media with { Incarnation = 1 });
            host.Routes.RemoveLink(UsualHost.Media.Bridge);
            host.Routes.AddLink(UsualHost.Media.Bridge, "172.18.0.1/16", "fd00:99::1/64");
        });

        Assert.Equal(
            ["Bridge Fail media", "Bridge Warn media"],
            host.Troubles().Where(trouble => trouble.StartsWith("Bridge", StringComparison.Ordinal)));
    }
}
