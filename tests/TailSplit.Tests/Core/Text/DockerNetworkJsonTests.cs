using System.Collections.Immutable;
using System.Text.Json;
using CsCheck;
using TailSplit.Core;
using TailSplit.Core.Containers;
using TailSplit.Core.Errors;
using TailSplit.Core.Model;
using Xunit;

namespace TailSplit.Tests.Core.Text;

public sealed class DockerNetworkJsonTests
{
    private const string Media = """
        [{"Name":"media","Id":"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef","Scope":"local","Driver":"bridge",
          "EnableIPv4":true,"EnableIPv6":true,
          "IPAM":{"Driver":"default","Options":{},"Config":[{"Subnet":"172.18.0.0/16","Gateway":"172.18.0.1"},{"Subnet":"fd00:18::/64","Gateway":"fd00:18::1"}]},
          "Internal":false,"Attachable":false,"Ingress":false,"ConfigFrom":{"Network":""},"ConfigOnly":false,
          "Containers":{"c2":{"Name":"web","IPv4Address":"172.18.0.3/16"},"c1":{"Name":"db","IPv4Address":"172.18.0.2/16"}},
          "Options":{},"Labels":{"com.docker.compose.project":"media"}}]
        """;

    private static readonly Gen<string> s_hostile = Gen.OneOf(
        Gen.Char["\"'\\\n\r\t -;|$`(){}[]*?!#~☃ü\u202e\0/"].Array[1, 30].Select(characters => new string(characters)),
        Gen.OneOf(
            "-j ACCEPT", "a\nCOMMIT\n*filter\n-F", "media\n", "--help", "a b", "\"", "br-0\" -j ACCEPT", "..", ".", "",
            "media\u0000", "médía"),
        Gen.Char["ab-\n"].Select(character => new string(character, 10_000)));

    [Fact]
    public void A_network_is_read_with_all_that_matters()
    {
        DockerNetwork network = Assert.Single(DockerNetworkJson.Parse(Media));

        Assert.Equal("media", network.Name);
        Assert.Equal("br-0123456789ab", network.Bridge);
        Assert.Equal(["172.18.0.0/16", "fd00:18::/64"], network.Subnet.Select(subnet => subnet.ToString()));
        Assert.Equal(["172.18.0.1", "fd00:18::1"], network.Gateway);
        Assert.True(network.IPv6);
        Assert.False(network.Internal);
        Assert.Equal("media", network.Labels["com.docker.compose.project"]);
        Assert.Equal(["db", "web"], network.Containers);
        Assert.True(network.CanHavePolicy);
    }

    [Fact]
    public void A_bridge_can_have_a_name_of_its_own() => Assert.Equal(
        "docker0",
        Assert.Single(DockerNetworkJson.Parse(Media.Replace(
            "\"Options\":{},\"Labels\"", "\"Options\":{\"com.docker.network.bridge.name\":\"docker0\"},\"Labels\"",
            StringComparison.Ordinal))).Bridge);

    [Fact]
    public void A_network_of_another_driver_has_no_bridge() => Assert.Null(
        Assert.Single(
            DockerNetworkJson.Parse(Media.Replace("\"bridge\"", "\"macvlan\"", StringComparison.Ordinal))).Bridge);

    [Theory]
    [InlineData("172.26.0.1/24", "172.26.0.0/24")]
    [InlineData("172.20.0.1/16", "172.20.0.0/16")]
    [InlineData("fd00:26::1/64", "fd00:26::/64")]
    [InlineData("FD00:0026:0:0::/64", "fd00:26::/64")]
    public void A_subnet_with_host_bits_is_the_network_that_docker_means(string printed, string subnet)
    {
        DockerNetwork network = WithConfig($$"""[{"Subnet":"{{printed}}"},{"Subnet":"10.9.0.0/16"}]""");

        Assert.True(network.CanHavePolicy);
        Assert.Equal(
            new[] { subnet, "10.9.0.0/16" }.Order(StringComparer.Ordinal), network.Subnet.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("""[{"Subnet":"fe80::%eth0/64"},{"Subnet":"10.9.0.0/16"}]""", "subnet 'fe80::%eth0/64'")]
    [InlineData("""[{"Subnet":"10.8.0.0"},{"Subnet":"10.9.0.0/16"}]""", "subnet '10.8.0.0'")]
    [InlineData("""[{"Subnet":"10.8.0.0/33"}]""", "subnet '10.8.0.0/33'")]
    [InlineData("""[{"Subnet":"10.9.0.0/16","Gateway":"ten"}]""", "gateway 'ten'")]
    public void A_part_that_cannot_be_read_is_a_reason_and_never_left_out(string config, string reason)
    {
        DockerNetwork network = WithConfig(config);

        Assert.False(network.CanHavePolicy);
        Assert.Contains(reason, network.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""[{"Subnet":"","Gateway":""},{"Subnet":"10.9.0.0/16","Gateway":""}]""", "10.9.0.0/16")]
    [InlineData("""[{"Subnet":"10.9.0.0/16"},{"Subnet":"10.9.1.0/24"},{"Subnet":"10.8.0.0/16"}]""", "10.8.0.0/16 10.9.0.0/16 10.9.1.0/24")]
    [InlineData("""[{"Subnet":"fd00:26::/64","Gateway":"fd00:26::1/64"}]""", "fd00:26::/64")]
    [InlineData("""[{"Subnet":"10.9.0.0/16","Gateway":"10.9.0.1","AuxiliaryAddresses":{"router":"10.9.0.9"}}]""", "10.9.0.0/16")]
    [InlineData("""[{"Subnet":"10.9.0.0/16","Gateway":"10.9.0.1","AuxiliaryAddresses":{"DefaultGatewayIPv4":"10.9.0.1"}}]""", "10.9.0.0/16")]
    public void Other_forms_are_taken_as_docker_means_them(string config, string subnets)
    {
        DockerNetwork network = WithConfig(config);

        Assert.True(network.CanHavePolicy, network.Reason);
        Assert.Equal(subnets.Split(' '), network.Subnet);
        Assert.DoesNotContain(network.Gateway, gateway => gateway.Contains('/', StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("DefaultGatewayIPv4", "10.9.0.200")]
    [InlineData("DefaultGatewayIPv6", "fd00:26::2")]
    public void A_default_gateway_that_is_another_address_is_not_this_host(string name, string address)
    {
        DockerNetwork network = WithConfig(
            $$$"""[{"Subnet":"10.9.0.0/16","Gateway":"10.9.0.1","AuxiliaryAddresses":{"{{{name}}}":"{{{address}}}"}}]""");

        Assert.Contains($"its gateway {address} ({name}) is not this host", network.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("true", false)]
    [InlineData("1", false)]
    [InlineData("T", false)]
    [InlineData("false", true)]
    [InlineData("", true)]
    public void A_bridge_without_an_address_of_its_own_is_not_the_gateway(string inhibits, bool can) => Assert.Equal(
        can,
        Assert.Single(DockerNetworkJson.Parse(Media.Replace(
            "\"Options\":{},\"Labels\"",
            $"\"Options\":{{\"com.docker.network.bridge.inhibit_ipv4\":\"{inhibits}\"}},\"Labels\"",
            StringComparison.Ordinal))).CanHavePolicy);

    [Fact]
    public void Podmans_networks_are_an_error_that_names_the_interface() => Assert.Contains(
        "-Bridge podman1",
        Assert.Throws<TailSplitException>(() => DockerNetworkJson.Parse(
            """
            [{"name":"media","id":"675bea81a6d49e9f1ae909c58a2269524a9a9c910f91bce12a85b05b882ab5cb","driver":"bridge","network_interface":"podman1",
              "subnets":[{"subnet":"10.89.0.0/24","gateway":"10.89.0.1"}],"ipv6_enabled":false,"internal":false,"dns_enabled":true}]
            """)).Failure.Remedy,
        StringComparison.Ordinal);

    private static DockerNetwork WithConfig(string config) => Assert.Single(DockerNetworkJson.Parse(
        $$$"""[{"Name":"media","Id":"{{{new string('a', 64)}}}","Driver":"bridge","IPAM":{"Config":{{{config}}}},"Options":{},"Labels":{}}]"""));

    [Fact]
    public void A_null_list_or_object_counts_as_empty()
    {
        DockerNetwork network = Assert.Single(DockerNetworkJson.Parse(
            """[{"Name":"host","Id":"1","Driver":"host","IPAM":{"Config":null},"Containers":null,"Options":null,"Labels":null}]"""));

        Assert.Empty(network.Subnet);
        Assert.Empty(network.Labels);
        Assert.False(network.CanHavePolicy);
    }

    [Fact]
    public void No_name_of_a_network_can_change_a_rule() =>
        Gen.Select(s_hostile, s_hostile, s_hostile).Sample(
            (name, bridge, label) =>
            {
                string json = JsonSerializer.Serialize(new[]
                {
                    new
                    {
                        Name = name,
                        Id = new string('0', 64),
                        Driver = "bridge",
                        IPAM = new { Config = new[] { new { Subnet = "172.18.0.0/16" } } },
                        Options = new Dictionary<string, string> { ["com.docker.network.bridge.name"] = bridge },
                        Labels = new Dictionary<string, string> { [label] = label },
                    },
                });
                ImmutableArray<DockerNetwork> networks = DockerNetworkJson.Parse(json);
                DockerNetwork network = Assert.Single(networks);
                if (network.CanHavePolicy)
                {
                    Assert.Matches("^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,99}\\z", network.Name);
                    Assert.Matches("^[a-zA-Z0-9_.@][a-zA-Z0-9_.@-]{0,14}\\z", network.Bridge);
                }
                else
                {
                    Assert.DoesNotContain('\n', network.Reason!);
                    Assert.InRange(network.Reason!.Length, 1, 300);
                }

                Failure failure = Failures.NetworkNotFound(name, "Docker");
                Assert.InRange(failure.Message.Length, 1, 300);
                Assert.DoesNotContain('\n', failure.Message);
            },
            iter: 500);

    [Theory]
    [InlineData("{}")]
    [InlineData("[")]
    [InlineData("null")]
    [InlineData("Error: no such network")]
    public void Output_that_is_not_a_list_is_unreadable(string json) => Assert.Equal(
        nameof(Failures.UnreadableOutput),
        Assert.Throws<TailSplitException>(() => DockerNetworkJson.Parse(json)).Failure.Id);
}
