using System.Collections.Immutable;
using System.Net;
using TailSplit.Core.Flows;
using TailSplit.Core.Model;
using TailSplit.Tests.Core.Generators;
using Xunit;

namespace TailSplit.Tests.Core.Planning;

/// <summary>
/// The host: 192.168.1.5 on the LAN, 100.101.102.103 on the tunnel, 172.18.0.1 on the bridge of 172.18.0.0/16.
/// </summary>
public sealed class StaleFlowsTests
{
    private static readonly FlowEnvironment s_environment = new(
        [IPAddress.Parse("100.101.102.103")],
        [IPAddress.Parse("192.168.1.5"), IPAddress.Parse("100.101.102.103"), IPAddress.Parse("172.18.0.1")],
        Samples.Cidrs("10.20.0.0/16"));

    private static readonly PolicyTarget s_target = Samples.Network("media", "br-0123456789ab", "172.18.0.0/16");

    private static readonly KillswitchPolicy s_killswitch = Samples.Killswitch("media", s_target);

    private static readonly BypassPolicy s_bypass = Samples.Bypass("media", s_target);

    [Theory]
    [InlineData("172.18.0.2", "198.51.100.10", "192.168.1.5", true)] // left by the ISP
    [InlineData("172.18.0.2", "198.51.100.10", "172.18.0.2", true)] // left untranslated
    [InlineData("172.18.0.2", "198.51.100.10", "100.101.102.103", false)] // left by the tunnel
    [InlineData("172.18.0.2", "100.100.100.100", "100.101.102.103", false)]
    [InlineData("172.18.0.2", "100.100.100.100", "172.18.0.2", false)] // the tailnet
    [InlineData("172.18.0.2", "172.18.0.3", "172.18.0.2", false)] // inside the network
    [InlineData("172.18.0.2", "172.18.0.1", "172.18.0.2", false)] // to the host
    [InlineData("172.18.0.2", "192.168.1.5", "172.18.0.2", false)]
    [InlineData("172.18.0.2", "192.168.1.20", "192.168.1.5", true)] // to the LAN
    [InlineData("172.19.0.2", "198.51.100.10", "192.168.1.5", false)] // another network
    [InlineData("172.18.0.1", "198.51.100.10", "192.168.1.5", false)] // the host's own
    public void A_killswitch_ends_connections_outside_the_tunnel(
        string source, string destination, string replyTo, bool stale) =>
            Assert.Equal(stale, IsStale(s_killswitch, source, destination, destination, replyTo));

    [Theory]
    [InlineData("192.168.1.20", "192.168.1.5", "172.18.0.2", true)] // a published port, from the LAN
    [InlineData("100.80.0.1", "100.101.102.103", "172.18.0.2", false)] // from the tailnet
    [InlineData("172.18.0.1", "172.18.0.2", "172.18.0.2", false)] // from the host
    public void A_killswitch_ends_connections_that_came_from_outside(
        string source, string destination, string answeredBy, bool stale) =>
            Assert.Equal(stale, IsStale(s_killswitch, source, destination, answeredBy, source));

    [Fact]
    public void Connections_that_options_of_a_killswitch_allow_are_not_ended()
    {
        Assert.False(IsStale(
            s_killswitch with { AllowDestination = Samples.Cidrs("192.168.1.0/24") }, "172.18.0.2", "192.168.1.20",
            "192.168.1.20", "192.168.1.5"));
        Assert.False(IsStale(
            s_killswitch with { AllowPublishedPort = true }, "192.168.1.20", "192.168.1.5", "172.18.0.2",
            "192.168.1.20"));
        Assert.True(
            IsStale(s_killswitch with { BlockHost = true }, "172.18.0.2", "192.168.1.5", "192.168.1.5", "172.18.0.2"));
        Assert.True(IsStale(
            s_killswitch with { AllowPublishedPort = true }, "172.18.0.2", "192.168.1.20", "192.168.1.20",
            "192.168.1.5"));
    }

    [Theory]
    [InlineData("172.18.0.2", "198.51.100.10", "100.101.102.103", true)] // left by the exit node
    [InlineData("172.18.0.2", "198.51.100.10", "192.168.1.5", false)] // left by the ISP
    [InlineData("172.18.0.2", "100.80.0.1", "100.101.102.103", false)] // the tailnet
    [InlineData("172.18.0.2", "10.20.0.9", "100.101.102.103", false)] // behind a subnet router
    [InlineData("172.19.0.2", "198.51.100.10", "100.101.102.103", false)] // another network
    [InlineData("172.18.0.1", "198.51.100.10", "100.101.102.103", false)] // the host's own
    public void A_bypass_ends_connections_by_the_exit_node(
        string source, string destination, string replyTo, bool stale) =>
            Assert.Equal(stale, IsStale(s_bypass, source, destination, destination, replyTo));

    [Fact]
    public void Connections_to_excluded_destinations_of_a_bypass_are_not_ended() => Assert.False(IsStale(
        s_bypass with { Exclude = Samples.Cidrs("198.51.100.0/24") }, "172.18.0.2", "198.51.100.10", "198.51.100.10",
        "100.101.102.103"));

    [Theory]
    [InlineData("172.18.0.2", "100.100.100.100", "100.100.100.100", true)]
    [InlineData("172.18.0.2", "100.100.100.100", "9.9.9.9", false)]
    [InlineData("172.18.0.2", "172.18.0.3", "172.18.0.3", false)] // a container of its own network
    [InlineData("172.19.0.2", "100.100.100.100", "100.100.100.100", false)] // another network
    public void A_killswitch_with_a_name_server_ends_queries_to_other_servers(
        string source, string destination, string answeredBy, bool stale) => Assert.Equal(stale, IsStale(
            s_killswitch with { DnsServer = Samples.Cidrs("9.9.9.9") }, source, destination, answeredBy,
            "100.101.102.103", port: 53));

    private static bool IsStale(
        Policy policy, string source, string destination, string answeredBy, string replyTo, int port = 2)
    {
        ImmutableArray<ConntrackEntry> entries = ConntrackList.Parse(
            $"tcp 6 100 ESTABLISHED src={source} dst={destination} sport=1 dport={port} src={answeredBy} dst={replyTo} sport={port} dport=1 [ASSURED] mark=0 use=1");
        return StaleFlows.Find(policy, entries, s_environment).Any();
    }
}
