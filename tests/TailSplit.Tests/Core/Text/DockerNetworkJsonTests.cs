using System.Collections.Immutable;
using System.Text.Json;
using CsCheck;
using TailSplit.Core;
using TailSplit.Core.Model;
using TailSplit.Core.Text;
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

    [Fact]
    public void Null_for_lists_and_objects_is_an_empty_one()
    {
        DockerNetwork network = Assert.Single(DockerNetworkJson.Parse(
            """[{"Name":"host","Id":"1","Driver":"host","IPAM":{"Config":null},"Containers":null,"Options":null,"Labels":null}]"""));

        Assert.Empty(network.Subnet);
        Assert.Empty(network.Labels);
        Assert.False(network.CanHavePolicy);
    }

    [Fact]
    public void Whatever_a_network_is_called_it_cannot_reach_a_rule() =>
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

                Failure failure = Failures.NetworkNotFound(name);
                Assert.InRange(failure.Message.Length, 1, 300);
                Assert.DoesNotContain('\n', failure.Message);
            },
            iter: 500);

    [Theory]
    [InlineData("{}")]
    [InlineData("[")]
    [InlineData("null")]
    [InlineData("Error: no such network")]
    public void What_is_no_list_is_unreadable_output(string json) => Assert.Equal(
        nameof(Failures.UnreadableOutput),
        Assert.Throws<TailSplitException>(() => DockerNetworkJson.Parse(json)).Failure.Id);
}
