using TailSplit.Core.Model;
using Xunit;

namespace TailSplit.Tests.Core.Model;

public sealed class DockerNetworkTests
{
    private static readonly DockerNetwork s_bridge = new()
    {
        Name = "media",
        Id = new string('0', 64),
        Driver = "bridge",
        Bridge = "br-000000000000",
        Subnet = ["172.18.0.0/16"],
    };

    [Fact]
    public void A_bridge_network_can_have_a_policy()
    {
        Assert.True(s_bridge.CanHavePolicy);
        Assert.Null(s_bridge.Reason);
    }

    [Theory]
    [InlineData("host", "the host itself")]
    [InlineData("null", "no network")]
    [InlineData("macvlan", "macvlan frames")]
    [InlineData("ipvlan", "ipvlan frames")]
    [InlineData("overlay", "docker_gwbridge")]
    [InlineData("weave", "'weave'")]
    [InlineData("", "''")]
    [InlineData("Bridge", "'Bridge'")]
    public void A_network_of_another_driver_states_why_it_cannot_have_a_policy(string driver, string words) =>
        Assert.Contains(words, (s_bridge with { Driver = driver }).Reason, StringComparison.Ordinal);

    [Fact]
    public void An_internal_network_states_why_it_cannot_have_a_policy() =>
        Assert.Contains("internal", (s_bridge with { Internal = true }).Reason, StringComparison.Ordinal);

    [Fact]
    public void A_network_without_a_bridge_or_a_subnet_states_why_it_cannot_have_a_policy()
    {
        Assert.Contains("not known", (s_bridge with { Bridge = null }).Reason, StringComparison.Ordinal);
        Assert.Contains("no subnet", (s_bridge with { Subnet = [] }).Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-j ACCEPT")]
    [InlineData("a\nCOMMIT")]
    [InlineData("\"")]
    [InlineData("ünïcode")]
    public void A_name_or_bridge_that_could_change_the_text_of_a_rule_cannot_have_a_policy(string text)
    {
        Assert.Contains("name", (s_bridge with { Name = text }).Reason, StringComparison.Ordinal);
        Assert.Contains("bridge", (s_bridge with { Bridge = text }).Reason, StringComparison.Ordinal);
    }
}
