using System.Management.Automation;
using TailSplit.Core.Model;
using TailSplit.Tests.Engine.Hosting;
using TailSplit.Tests.Fakes;
using Xunit;

namespace TailSplit.Tests.Engine;

/// <summary>Bad input gets a clear error of its own, and nothing is changed.</summary>
public sealed class BadInputTests : IDisposable
{
    private readonly Session _session = new();

    public static TheoryData<string> BadCidrs { get; } =
    [
        "banana", "10.0.0.0/33", "10.0.0.0/08", "10.0.0.0/-1", "10.0.0.0/", "/16", "10.1/16", "0x0a000000/8",
        "010.0.0.0/8",
        "fd00::/129", "fd00:::/64", "fe80::1%eth0", " ", "10.0.0.0/8 -j ACCEPT", "10.0.0.0/8\n-A FORWARD -j ACCEPT",
        "--help",
    ];

    public static TheoryData<string> BadInterfaces { get; } =
        ["br-123456789abcd", "br/x", "br x", "..", "eth+", "-i", "br\nx", "br\"x"];

    public static TheoryData<string> BadNames { get; } =
        ["-media", ".media", "_media", "me dia", "média", "media;", "media\n", "a/b", new string('a', 101)];

    public void Dispose() => _session.Dispose();

    [Fact]
    public void An_unknown_network_is_an_error_that_names_it()
    {
        ErrorRecord error = Fails("NetworkNotFound", ErrorCategory.ObjectNotFound, "New-TailSplitBypass nosuch");

        Assert.Equal("nosuch", error.TargetObject);
        Assert.Contains("'nosuch'", error.ErrorDetails.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_beginning_of_an_id_names_no_network_and_is_an_error() =>
        Fails("NetworkNotFound", ErrorCategory.ObjectNotFound, $"New-TailSplitKillswitch {UsualHost.Media.Id[..12]}");

    [Fact]
    public void A_wildcard_names_no_network_and_is_an_error() =>
        Fails("NetworkNotFound", ErrorCategory.ObjectNotFound, "New-TailSplitKillswitch 'med*'");

    [Theory]
    [InlineData("host", "the host itself")]
    [InlineData("none", "no network")]
    [InlineData("lan", "macvlan")]
    [InlineData("vlan", "ipvlan")]
    [InlineData("swarm", "overlay")]
    [InlineData("vault", "internal")]
    public void A_network_that_cannot_have_a_policy_is_an_error_when_it_is_named(string name, string reason)
    {
        ErrorRecord error =
            Fails("NetworkCannotHavePolicy", ErrorCategory.InvalidOperation, $"New-TailSplitKillswitch {name}");

        Assert.Contains(reason, error.ErrorDetails.Message, StringComparison.Ordinal);
        Assert.Equal(name, Assert.IsType<DockerNetwork>(error.TargetObject).Name);
    }

    [Fact]
    public void A_network_object_that_cannot_have_a_policy_is_an_error_when_it_is_an_argument() =>
        Fails(
            "NetworkCannotHavePolicy", ErrorCategory.InvalidOperation,
            "New-TailSplitKillswitch -Network (Get-DockerNetwork host)");

    [Theory]
    [MemberData(nameof(BadCidrs))]
    public void A_text_that_is_not_a_subnet_is_refused_as_subnet(string text)
    {
        ErrorRecord error = Fails(
            "InvalidCidr", ErrorCategory.InvalidArgument, "New-TailSplitBypass -Subnet $value -Bridge br-x", text);

        Assert.Equal(text, error.TargetObject);
        Assert.DoesNotContain('\n', error.ErrorDetails.Message);
    }

    [Theory]
    [InlineData("New-TailSplitBypass media -Exclude $value")]
    [InlineData("New-TailSplitKillswitch media -AllowDestination $value")]
    public void A_text_that_is_not_a_destination_is_refused_as_destination(string script) =>
        Assert.Equal("banana", Fails("InvalidCidr", ErrorCategory.InvalidArgument, script, "banana").TargetObject);

    [Theory]
    [InlineData("172.18.0.5/16", "172.18.0.0/16")]
    [InlineData("fd00:19::1/64", "fd00:19::/64")]
    public void A_subnet_with_host_bits_is_refused_with_the_subnet_that_was_meant(string text, string meant)
    {
        ErrorRecord error =
            Fails("InvalidCidr", ErrorCategory.InvalidArgument, "New-TailSplitKillswitch -Subnet $value", text);

        Assert.Contains("host bits", error.ErrorDetails.Message, StringComparison.Ordinal);
        Assert.Contains(meant, error.ErrorDetails.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("100.64.0.0/10")]
    [InlineData("100.100.0.0/16")]
    [InlineData("100.0.0.0/8")]
    [InlineData("fd7a:115c:a1e0::/48")]
    [InlineData("fd7a:115c:a1e0:1::/64")]
    [InlineData("fd00::/8")]
    public void A_subnet_that_overlaps_the_tailnets_range_is_refused(string subnet)
    {
        ErrorRecord error = Fails(
            "SubnetInTailscaleRange", ErrorCategory.InvalidArgument,
            "New-TailSplitKillswitch -Subnet $value -Bridge br-x", subnet);

        Assert.Contains("Tailscale", error.ErrorDetails.Message, StringComparison.Ordinal);
        Assert.Equal(Cidr.Parse(subnet), error.TargetObject);
    }

    [Fact]
    public void A_docker_network_in_the_tailnets_range_is_refused()
    {
        _session.Host.Add(new Fakes.Docker.FakeNetwork("cgnat") { Subnet = ["100.80.0.0/16"] });

        Fails("SubnetInTailscaleRange", ErrorCategory.InvalidArgument, "Get-DockerNetwork cgnat | New-TailSplitBypass");
    }

    [Theory]
    [InlineData("0.0.0.0/0")]
    [InlineData("::/0")]
    public void A_subnet_that_is_the_whole_address_space_is_refused(string subnet) =>
        Fails(
            "WholeSubnet", ErrorCategory.InvalidArgument, "New-TailSplitKillswitch -Subnet $value -Bridge br-x",
            subnet);

    [Theory]
    [MemberData(nameof(BadInterfaces))]
    public void A_bridge_with_an_impossible_interface_name_is_refused(string name) => Assert.Equal(name, Fails(
        "InvalidInterfaceName", ErrorCategory.InvalidArgument,
        "New-TailSplitBypass -Subnet 10.99.0.0/16 -Bridge $value", name).TargetObject);

    [Theory]
    [MemberData(nameof(BadInterfaces))]
    public void A_tunnel_with_an_impossible_interface_name_is_refused(string name) =>
        Fails(
            "InvalidInterfaceName", ErrorCategory.InvalidArgument,
            "New-TailSplitKillswitch media -TunnelInterface $value", name);

    [Theory]
    [MemberData(nameof(BadNames))]
    public void A_policy_name_outside_of_the_grammar_is_refused(string name)
    {
        ErrorRecord error =
            Fails("InvalidPolicyName", ErrorCategory.InvalidArgument, "New-TailSplitBypass media -Name $value", name);

        Assert.Equal(name, error.TargetObject);
        Assert.Contains("-Name", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("New-TailSplitKillswitch media -AllowDestination 0.0.0.0/0")]
    [InlineData("New-TailSplitKillswitch media -AllowDestination 192.168.1.0/24, ::/0")]
    [InlineData("New-TailSplitBypass media -Exclude 0.0.0.0/0")]
    public void A_destination_that_is_the_whole_internet_is_refused(string script)
    {
        ErrorRecord error = Fails("WholeAddressSpace", ErrorCategory.InvalidArgument, script);

        Assert.IsType<Cidr>(error.TargetObject);
    }

    [Fact]
    public void Two_halves_of_the_internet_are_refused_like_the_whole_internet() => Fails(
        "WholeAddressSpace", ErrorCategory.InvalidArgument,
        "New-TailSplitKillswitch media -AllowDestination 0.0.0.0/1, 128.0.0.0/1");

    [Theory]
    [InlineData("docker", "docker.io", "New-TailSplitBypass media")]
    [InlineData("iptables-save", "iptables", "New-TailSplitBypass media")]
    [InlineData("ip", "iproute2", "New-TailSplitKillswitch -Subnet 10.99.0.0/16 -Bridge br-x")]
    [InlineData("iptables-save", "iptables", "Get-TailSplitPolicy")]
    [InlineData("iptables-save", "iptables", "Remove-TailSplitPolicy *")]
    public void A_missing_program_is_an_error_that_names_its_package(string program, string package, string script)
    {
        // With nft, no program of iptables is needed.
        _session.Host.Missing.UnionWith([program, "nft"]);

        ErrorRecord error = Fails("NotInstalled", ErrorCategory.NotInstalled, script);

        Assert.Equal(program, error.TargetObject);
        Assert.Contains($"apt-get install {package} ", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
    }

    [Fact]
    public void Ip6tables_that_is_not_installed_is_an_error_while_the_kernel_has_ipv6()
    {
        _session.Host.Missing.UnionWith(["ip6tables-save", "ip6tables-restore", "nft"]);

        ErrorRecord error = Fails("IPv6FirewallMissing", ErrorCategory.NotInstalled, "New-TailSplitKillswitch media");

        Assert.Contains("IPv6", error.ErrorDetails.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("New-TailSplitBypass media")]
    [InlineData("'media', 'games' | New-TailSplitKillswitch")]
    public void A_docker_daemon_that_is_down_is_one_error(string script)
    {
        _session.Host.Docker.IsRunning = false;

        ErrorRecord error = Fails("DockerUnavailable", ErrorCategory.ResourceUnavailable, script);

        Assert.Contains("Cannot connect to the Docker daemon", error.ErrorDetails.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("New-TailSplitBypass media")]
    [InlineData("Get-TailSplitPolicy")]
    [InlineData("Get-TailSplitRule")]
    [InlineData("Remove-TailSplitPolicy media")]
    public void Without_root_and_sudo_the_error_says_how_to_get_them(string script)
    {
        _session.Host.RefusesRoot = true;

        ErrorRecord error = Fails("PermissionDenied", ErrorCategory.PermissionDenied, script);

        Assert.Contains("sudo", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
    }

    [Fact]
    public void Ip_rules_of_tailscale_that_leave_no_room_below_them_are_an_error()
    {
        _session.Host.Routes.Add(IpFamily.IPv4, "pref 50 lookup 52");

        Fails(
            "NoRoomBelowTailscale", ErrorCategory.InvalidOperation,
            "New-TailSplitKillswitch media -TunnelInterface ts0");
    }

    [Theory]
    [InlineData("New-TailSplitBypass media")]
    [InlineData("Get-TailSplitRule")]
    public void Live_rules_that_cannot_be_read_are_an_error_and_nothing_is_written(string script)
    {
        _session.Host.Faults.Add(
            new Fault(Calls.Save(IpFamily.IPv4))
            {
                Words = "iptables-save v1.8.9 (nf_tables): Could not fetch rule set generation id"
            });

        ErrorRecord error = Fails("ReadFailed", ErrorCategory.ResourceUnavailable, script);

        Assert.Contains("Could not fetch rule set generation id", error.ErrorDetails.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Hostile_names_from_docker_make_no_rules_of_their_own()
    {
        string before = _session.Host.Rules;
        _session.Host.Add(new Fakes.Docker.FakeNetwork("x\nCOMMIT\n*filter\n-F") { Subnet = ["10.66.0.0/16"] });
        _session.Host.Add(
            new Fakes.Docker.FakeNetwork("y") { Subnet = ["10.67.0.0/16"], BridgeName = "br y -j ACCEPT" });

        Answer answer = _session.Run("Get-DockerNetwork x*, y | New-TailSplitKillswitch").AssertNoErrors();

        Assert.Equal(2, answer.Warnings.Count);
        Assert.All(answer.Warnings, warning => Assert.DoesNotContain('\n', warning));
        Assert.Equal(before, _session.Host.Rules);
    }

    private ErrorRecord Fails(string id, ErrorCategory category, string script, object? value = null)
    {
        string before = _session.Host.Rules;

        Answer answer = _session.Run(script, value);

        ErrorRecord error = answer.AssertError(id, category);
        Assert.Empty(answer.Output);
        Assert.Equal(0, _session.Host.Writes);
        Assert.Equal(before, _session.Host.Rules);
        return error;
    }
}
