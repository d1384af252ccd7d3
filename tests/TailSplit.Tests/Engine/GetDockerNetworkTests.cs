using System.Management.Automation;
using TailSplit.Core.Model;
using TailSplit.Tests.Engine.Hosting;
using TailSplit.Tests.Fakes;
using TailSplit.Tests.Fakes.Docker;
using Xunit;

namespace TailSplit.Tests.Engine;

public sealed class GetDockerNetworkTests : IDisposable
{
    private readonly Session _session = new();

    public void Dispose() => _session.Dispose();

    [Fact]
    public void All_networks_are_listed_by_name()
    {
        Assert.Equal(
            ["bridge", "games", "host", "lan", "media", "none", "swarm", "torrents", "vault", "vlan"],
            Names("Get-DockerNetwork"));
    }

    [Fact]
    public void A_network_tells_all_that_a_policy_needs()
    {
        DockerNetwork network = Assert.Single(Run("Get-DockerNetwork torrents").Of<DockerNetwork>());

        Assert.Equal("torrents", network.Name);
        Assert.Equal(UsualHost.Torrents.Id, network.Id);
        Assert.Equal("bridge", network.Driver);
        Assert.Equal("br-torrents", network.Bridge);
        Assert.Equal(["172.19.0.0/16", "fd00:19::/64"], network.Subnet.Select(subnet => subnet.ToString()));
        Assert.Equal(["172.19.0.1", "fd00:19::1"], network.Gateway);
        Assert.True(network.IPv6);
        Assert.False(network.Internal);
        Assert.True(network.CanHavePolicy);
        Assert.Null(network.Reason);
    }

    [Fact]
    public void A_bridge_without_a_name_of_its_own_is_named_after_the_id()
    {
        DockerNetwork network = Assert.Single(Run("Get-DockerNetwork media").Of<DockerNetwork>());

        Assert.Equal("br-" + UsualHost.Media.Id[..12], network.Bridge);
        Assert.Equal(["jellyfin", "sonarr"], network.Containers);
        Assert.Equal("open", network.Labels["tier"]);
    }

    [Theory]
    [InlineData("host")]
    [InlineData("none")]
    [InlineData("lan")]
    [InlineData("vlan")]
    [InlineData("swarm")]
    [InlineData("vault")]
    public void A_network_that_cannot_have_a_policy_says_why(string name)
    {
        DockerNetwork network = Assert.Single(Run($"Get-DockerNetwork {name}").Of<DockerNetwork>());

        Assert.False(network.CanHavePolicy);
        Assert.NotEmpty(network.Reason!);
        Assert.Matches("^[a-z]+$", network.ReasonWord);
        Assert.Null(network.PolicyKind);
        Assert.Null(network.PolicyUnknown);
    }

    [Fact]
    public void A_network_has_the_kind_of_its_policy_in_force()
    {
        _session.Given($"New-TailSplitBypass media; New-TailSplitKillswitch torrents -DnsServer 9.9.9.9");

        Assert.Equal(PolicyKind.Bypass, Only("media").PolicyKind);
        Assert.Equal(PolicyKind.Killswitch, Only("torrents").PolicyKind);
        Assert.Null(Only("games").PolicyKind);
        _session.Run("Remove-TailSplitPolicy *").AssertNoErrors();
        Assert.All(Run("Get-DockerNetwork").Of<DockerNetwork>(), network => Assert.Null(network.PolicyKind));
    }

    [Fact]
    public void The_policy_in_force_is_read_without_root()
    {
        _session.Given($"New-TailSplitKillswitch torrents");
        _session.Host.RefusesRoot = true;

        Assert.Equal(PolicyKind.Killswitch, Only("torrents").PolicyKind);
    }

    [Fact]
    public void A_policy_by_hand_is_that_of_the_network_whose_bridge_it_matches()
    {
        _session.Given($"New-TailSplitKillswitch -Subnet 172.20.0.0/16 -Bridge {UsualHost.Games.Bridge}");

        Assert.Equal(PolicyKind.Killswitch, Only("games").PolicyKind);
    }

    [Fact]
    public void A_network_whose_bridge_is_a_new_one_does_not_have_the_policy_of_the_old_one()
    {
        _session.Given($"New-TailSplitKillswitch games");
        _session.Host.Remove(UsualHost.Games);
        _session.Host.Add(new FakeNetwork("games") { Subnet = ["172.20.0.0/16"], BridgeName = "br-other" });

        Assert.Null(Only("games").PolicyKind);
    }

    [Fact]
    public void Ip_rules_that_could_not_be_read_leave_the_policy_unknown_and_the_reasons_known()
    {
        _session.Host.Missing.Add("ip");

        DockerNetwork network = Only("torrents");
        Assert.Null(network.PolicyKind);
        Assert.Contains("'ip' is not installed", network.PolicyUnknown, StringComparison.Ordinal);
        Assert.NotNull(Only("vault").Reason);
    }

    [Theory]
    [InlineData("*e*i*", "media")]
    [InlineData("MEDIA", "media")]
    [InlineData("[gm]*", "games", "media")]
    [InlineData("nosuch*")]
    public void A_name_can_be_a_wildcard_in_any_case(string pattern, params string[] expected) =>
        Assert.Equal(expected, Names($"Get-DockerNetwork '{pattern}'"));

    [Fact]
    public void A_name_can_be_the_whole_id() =>
        Assert.Equal(["games"], Names($"Get-DockerNetwork {UsualHost.Games.Id}"));

    [Fact]
    public void Names_come_from_the_pipeline_as_text_and_as_property()
    {
        Assert.Equal(["media", "games"], Names("'media', 'games' | Get-DockerNetwork"));
        Assert.Equal(["media"], Names("[pscustomobject]@{ Name = 'media' } | Get-DockerNetwork"));
    }

    [Fact]
    public void Docker_is_asked_once_for_a_whole_pipeline()
    {
        Run("'media', 'games', 'torrents' | Get-DockerNetwork");

        // The list, the networks, whose daemon it is (its endpoint and its own words), and of the host its interfaces
        // and the ip rules of each family.
        Assert.Equal(7, _session.Host.Calls.Count);
    }

    [Theory]
    [InlineData("@{ tier = 'open' }", "media")]
    [InlineData("@{ tier = '*' }", "media", "torrents")]
    [InlineData("@{ tier = 'open'; team = 'vid*' }", "media")]
    [InlineData("@{ tier = 'closed'; team = 'video' }")]
    [InlineData("@{ nosuch = '*' }")]
    public void Networks_are_selected_by_labels(string labels, params string[] expected) =>
        Assert.Equal(expected, Names($"Get-DockerNetwork -Label {labels}"));

    [Fact]
    public void An_unknown_name_is_an_error_and_the_others_are_still_there()
    {
        Answer answer = _session.Run("Get-DockerNetwork media, nosuch, games");

        ErrorRecord error = answer.AssertError("NetworkNotFound", ErrorCategory.ObjectNotFound);
        Assert.Equal("nosuch", error.TargetObject);
        Assert.Null(answer.Terminated);
        Assert.Equal(["media", "games"], answer.Of<DockerNetwork>().Select(network => network.Name));
    }

    [Fact]
    public void A_name_with_a_quote_and_a_line_break_is_only_an_unknown_name()
    {
        Answer answer = _session.Run("Get-DockerNetwork $value", "--help\n'; rm -rf \"");

        ErrorRecord error = answer.AssertError("NetworkNotFound", ErrorCategory.ObjectNotFound);
        Assert.DoesNotContain('\n', error.ErrorDetails.Message);
    }

    [Fact]
    public void A_daemon_that_is_down_is_one_error_with_its_message()
    {
        _session.Host.Docker.IsRunning = false;

        ErrorRecord error = _session.Run("'media', 'games' | Get-DockerNetwork")
            .AssertError("DockerUnavailable", ErrorCategory.ResourceUnavailable);

        Assert.Contains("Cannot connect to the Docker daemon", error.ErrorDetails.Message, StringComparison.Ordinal);
        Assert.Contains("systemctl start docker", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
    }

    [Fact]
    public void Docker_not_installed_names_the_package()
    {
        _session.Host.Missing.Add("docker");

        ErrorRecord error = _session.Run("Get-DockerNetwork").AssertError("NotInstalled", ErrorCategory.NotInstalled);

        Assert.Equal("docker", error.TargetObject);
        Assert.Contains("docker.io", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
    }

    [Fact]
    public void Output_that_is_no_json_is_an_error_that_names_the_program()
    {
        _session.Host.Docker.Garbage = "<html>proxy</html>";

        ErrorRecord error = _session.Run(
            "Get-DockerNetwork").AssertError("UnreadableOutput", ErrorCategory.InvalidData);

        Assert.Equal("docker network inspect", error.TargetObject);
    }

    [Fact]
    public void A_network_that_goes_between_two_calls_is_left_out()
    {
        _session.Host.Intruders.Add(new Intruder(
            call => call.Arguments.Contains("ls"), host => host.Remove(UsualHost.Games)));

        Assert.DoesNotContain("games", Names("Get-DockerNetwork"));
    }

    [Fact]
    public void Neither_root_nor_the_firewall_is_needed()
    {
        _session.Host.RefusesRoot = true;
        _session.Host.Missing.UnionWith(["iptables-save", "ip"]);

        Assert.Equal(["media"], Names("Get-DockerNetwork media"));
    }

    private DockerNetwork Only(string name) => Assert.Single(Run($"Get-DockerNetwork {name}").Of<DockerNetwork>());

    private Answer Run(string script) => _session.Run(script).AssertNoErrors();

    private IEnumerable<string> Names(string script) => Run(script).Of<DockerNetwork>().Select(network => network.Name);
}
