using System.Net;
using TailSplit.Core.Model;
using TailSplit.Core.Probing;
using TailSplit.Tests.Core.Generators;
using Xunit;

namespace TailSplit.Tests.Core.Probing;

public sealed class ProbeExpectationTests
{
    private static readonly ProbeExpectations s_expectations = new(
        [.. Samples.Cidrs("10.77.0.0/24", "10.0.0.0/24", "fd00:77::/64")], [.. Samples.Cidrs("10.0.0.0/24")]);

    private static readonly PolicyTarget s_target = Samples.Network("box", "br-box", "172.20.0.0/16");

    [Theory]
    [InlineData("198.51.100.10", ProbeExpectation.TunnelOnly)]
    [InlineData("100.64.0.9", ProbeExpectation.TunnelOnly)]
    [InlineData("192.168.1.7", ProbeExpectation.Open)]
    [InlineData("2001:db8:51::10", ProbeExpectation.TunnelOnly)]
    public void A_killswitch_expects_the_tunnel_except_for_allowed_destinations(string target, ProbeExpectation wanted) =>
        Assert.Equal(
            wanted,
            s_expectations.Of(
                Samples.Killswitch("box", s_target) with { AllowDestination = Samples.Cidrs("192.168.1.0/24") },
                IPAddress.Parse(target)));

    [Theory]
    [InlineData("198.51.100.10", ProbeExpectation.PastTunnel)]
    [InlineData("100.100.100.100", ProbeExpectation.Tailnet)]
    [InlineData("fd7a:115c:a1e0::53", ProbeExpectation.Tailnet)]
    [InlineData("10.77.0.1", ProbeExpectation.Tailnet)]
    [InlineData("fd00:77::1", ProbeExpectation.Tailnet)]
    [InlineData("10.0.0.20", ProbeExpectation.PastTunnel)]
    [InlineData("203.0.113.7", ProbeExpectation.AsHost)]
    public void A_bypass_expects_the_isp_except_for_the_tailnet_and_excluded_destinations(
        string target, ProbeExpectation wanted) => Assert.Equal(
            wanted,
            s_expectations.Of(
                Samples.Bypass("box", s_target) with { Exclude = Samples.Cidrs("203.0.113.0/24") },
                IPAddress.Parse(target)));
}
