using TailSplit.Core;
using TailSplit.Core.Errors;
using TailSplit.Core.Model;
using TailSplit.Core.Planning;
using TailSplit.Tests.Core.Generators;
using Xunit;

namespace TailSplit.Tests.Core.Planning;

public sealed class PolicyValidatorTests
{
    [Theory]
    [InlineData("172.18.0.0/16", null)]
    [InlineData("fd00:18::/64", null)]
    [InlineData("100.128.0.0/16", null)]
    [InlineData("0.0.0.0/0", nameof(Failures.WholeSubnet))]
    [InlineData("::/0", nameof(Failures.WholeSubnet))]
    [InlineData("100.64.0.0/10", nameof(Failures.SubnetInTailscaleRange))]
    [InlineData("100.127.255.0/24", nameof(Failures.SubnetInTailscaleRange))]
    [InlineData("100.0.0.0/8", nameof(Failures.SubnetInTailscaleRange))]
    [InlineData("fd7a:115c:a1e0::/64", nameof(Failures.SubnetInTailscaleRange))]
    [InlineData("fd00::/8", nameof(Failures.SubnetInTailscaleRange))]
    public void A_subnet_of_the_tailnet_and_the_whole_address_space_are_refused(string subnet, string? id) =>
        Assert.Equal(id, FailureOf(Samples.Bypass("media", Samples.Target("br-0", subnet))));

    [Fact]
    public void A_policy_without_bridge_and_subnet_is_refused() =>
        Assert.Equal(nameof(Failures.MissingTarget), FailureOf(Samples.Bypass("media", Samples.Target(null))));

    [Theory]
    [InlineData(null, "9.9.9.9")]
    [InlineData(null, "9.9.9.9", "2620:fe::fe")]
    [InlineData(null, "100.64.0.9")]
    [InlineData(null, "0.0.0.0")]
    [InlineData("InvalidDnsServer", "9.9.9.9", "1.1.1.1")]
    [InlineData("InvalidDnsServer", "9.9.9.0/24")]
    [InlineData("InvalidDnsServer", "127.0.0.53")]
    [InlineData("InvalidDnsServer", "::1")]
    [InlineData("InvalidDnsServer", "::ffff:9.9.9.9")]
    [InlineData("InvalidDnsServer", "fe80::1")]
    [InlineData("InvalidDnsServer", "224.0.0.1")]
    [InlineData("InvalidDnsServer", "255.255.255.255")]
    [InlineData("InvalidDnsServer", "172.18.0.1")]
    [InlineData("InvalidDnsServer", "100.100.100.100")]
    [InlineData("InvalidDnsServer", "fd7a:115c:a1e0::53")]
    public void A_name_server_is_one_address_a_family_that_the_tunnel_leads_to(string? id, params string[] servers) =>
        Assert.Equal(id, FailureOf(
            Samples.Killswitch("media", Samples.Target("br-0", "172.18.0.0/16")) with { DnsServer = Samples.Cidrs(servers) }));

    [Theory]
    [InlineData("0.0.0.0/0", nameof(Failures.WholeAddressSpace))]
    [InlineData("::/0", nameof(Failures.WholeAddressSpace))]
    [InlineData("0.0.0.0/1", null)]
    [InlineData("192.168.1.0/24", null)]
    public void A_destination_that_is_the_whole_address_space_is_refused(string destination, string? id)
    {
        PolicyTarget target = Samples.Target("br-0", "172.18.0.0/16");

        Assert.Equal(
            id, FailureOf(Samples.Killswitch("media", target) with { AllowDestination = Samples.Cidrs(destination) }));
        Assert.Equal(id, FailureOf(Samples.Bypass("media", target) with { Exclude = Samples.Cidrs(destination) }));
    }

    [Fact]
    public void Two_halves_of_the_internet_are_the_whole_of_it_too() => Assert.Equal(
        nameof(Failures.WholeAddressSpace),
        FailureOf(
            Samples.Killswitch("media", Samples.Target("br-0", "172.18.0.0/16"))
                with
            { AllowDestination = Samples.Cidrs("0.0.0.0/1", "128.0.0.0/1") }));

    private static string? FailureOf(Policy policy) =>
        (Record.Exception(() => PolicyValidator.Check(policy)) as TailSplitException)?.Failure.Id;
}
