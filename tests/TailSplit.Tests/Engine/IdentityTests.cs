using System.Management.Automation;
using TailSplit.Core.Diagnosis;
using TailSplit.Core.Model;
using TailSplit.Output;
using TailSplit.Tests.Engine.Hosting;
using TailSplit.Tests.Fakes;
using TailSplit.Tests.Fakes.Docker;
using Xunit;

namespace TailSplit.Tests.Engine;

/// <summary>The network, the daemon and the tunnel are what they are taken for, or nothing is written.</summary>
public sealed class IdentityTests : IDisposable
{
    private static readonly Dictionary<string, string> s_closed = new() { ["tailsplit.policy"] = "killswitch" };

    private readonly Session _session = new();

    private FakeHost Host => _session.Host;

    public void Dispose() => _session.Dispose();

    public static TheoryData<string> ForeignDaemons { get; } = ["rootless", "desktop", "ssh", "user", "name", "bridge"];

    [Theory]
    [MemberData(nameof(ForeignDaemons))]
    public void Nothing_is_written_by_the_word_of_a_daemon_that_is_not_this_hosts(string which)
    {
        BeForeign(which);

        foreach (string script in (string[])[
            "New-TailSplitKillswitch torrents", $"New-TailSplitKillswitch {UsualHost.Torrents.Id}", "New-TailSplitBypass media, torrents",
            "Get-DockerNetwork | New-TailSplitKillswitch", "Sync-TailSplitPolicy", "Sync-TailSplitPolicy -Prune"])
        {
            _session.Run(script).AssertError("ForeignDocker", ErrorCategory.ResourceUnavailable);
        }

        Assert.Equal(0, Host.Writes);
    }

    [Theory]
    [MemberData(nameof(ForeignDaemons))]
    public void A_sync_keeps_the_policies_of_labels_where_somebody_elses_docker_answers(string which)
    {
        Host.Add(new FakeNetwork("shut") { Subnet = ["172.30.0.0/16"], Labels = s_closed });
        _session.Given($"Sync-TailSplitPolicy");
        string before = Host.Rules;
        Host.Docker.Networks.Clear();
        BeForeign(which);
        if (which == "bridge")
            Host.Docker.Networks.Add(new FakeNetwork("other") { Subnet = ["172.40.0.0/16"], Containers = ["web"] });

        _session.Run("Sync-TailSplitPolicy").AssertError("ForeignDocker", ErrorCategory.ResourceUnavailable);

        Assert.Equal(before, Host.Rules);
    }

    [Theory]
    [MemberData(nameof(ForeignDaemons))]
    public void Its_networks_are_listed_with_the_reason(string which)
    {
        BeForeign(which);

        DockerNetwork[] networks = [.. _session.Run("Get-DockerNetwork").AssertNoErrors().Of<DockerNetwork>()];

        Assert.NotEmpty(networks);
        Assert.All(networks, network => Assert.Contains(
            "the Docker daemon is not this host's own", network.Reason, StringComparison.Ordinal));
    }

    [Fact]
    public void Checks_that_need_docker_say_whose_it_is_instead_of_passing()
    {
        _session.Given($"New-TailSplitKillswitch torrents");
        BeForeign("rootless");

        TailSplitCheck bridge = _session.Run("Test-TailSplitPolicy").Of<TailSplitCheck>()
            .Single(check => check.Check == "Bridge");

        Assert.Equal(CheckStatus.Skipped, bridge.Status);
        Assert.Contains("rootless", bridge.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Podman_behind_docker_is_said_once_with_what_to_do()
    {
        Host.Docker.Garbage =
            """[{"name":"media","id":"675bea81a6d4","driver":"bridge","network_interface":"podman1","subnets":[{"subnet":"10.89.0.0/24"}]}]""";
        Host.Docker.InfoText = """{"host":{"arch":"amd64"},"version":{"APIVersion":"5.4.2","Version":"5.4.2"}}""";

        foreach (string script in (string[])["Get-DockerNetwork", "New-TailSplitKillswitch media", "Sync-TailSplitPolicy"])
        {
            ErrorRecord error = _session.Run(script).AssertError("DockerIsPodman", ErrorCategory.ResourceUnavailable);
            Assert.Contains("-Subnet", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
            Assert.Contains("-Bridge podman1", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Podman_without_a_network_is_said_too()
    {
        Host.Docker.Networks.Clear();
        Host.Docker.InfoText = """{"host":{"arch":"amd64"},"version":{"APIVersion":"5.4.2","Version":"5.4.2"}}""";

        _session.Run("Get-DockerNetwork").AssertError("DockerIsPodman", ErrorCategory.ResourceUnavailable);
    }

    [Fact]
    public void Of_two_networks_of_one_name_the_name_is_an_error_with_both_ids()
    {
        (FakeNetwork first, FakeNetwork second) = Twins();

        foreach (string script in (string[])["New-TailSplitKillswitch twin", "'media', 'twin' | New-TailSplitKillswitch -WhatIf"])
        {
            Answer answer = _session.Run(script);
            ErrorRecord error = answer.AssertError("AmbiguousNetwork", ErrorCategory.InvalidArgument);
            Assert.Contains(first.Id, error.ErrorDetails.Message, StringComparison.Ordinal);
            Assert.Contains(second.Id, error.ErrorDetails.Message, StringComparison.Ordinal);
        }

        Assert.Equal(0, Host.Writes);
    }

    [Fact]
    public void By_its_id_one_of_them_gets_a_policy_and_the_other_none()
    {
        (_, FakeNetwork second) = Twins();

        _session.Run($"New-TailSplitKillswitch {second.Id}").AssertNoErrors();

        TailSplitPolicy policy = Assert.Single(Policies());
        Assert.Equal(second.Bridge, policy.Bridge);
        Assert.Equal(PolicyState.Active, policy.State);
        Assert.Equal(CheckStatus.Pass, Check("Bridge").Status);
    }

    [Theory]
    [InlineData("Get-DockerNetwork twin | New-TailSplitKillswitch")]
    [InlineData("(Get-DockerNetwork twin).Id | New-TailSplitKillswitch")]
    [InlineData("$value | New-TailSplitKillswitch")]
    public void Piped_in_both_are_closed_under_names_that_differ(string script)
    {
        (FakeNetwork first, FakeNetwork second) = Twins();
        object[] copies = [.. _session.Run("Get-DockerNetwork twin").Output
            .Select(network => PSSerializer.Deserialize(PSSerializer.Serialize(network, 2)))];

        _session.Run(script, copies).AssertNoErrors();

        Assert.Equal(
            new[] { first.Bridge, second.Bridge }.Order(StringComparer.Ordinal),
            Policies().Select(policy => policy.Bridge!).Order(StringComparer.Ordinal));
        Assert.All(Policies(), policy => Assert.Equal(PolicyState.Active, policy.State));
        _session.Run(script, copies).AssertNoErrors();
        Assert.Equal(2, Policies().Count);
    }

    [Fact]
    public void One_of_them_is_removed_without_the_other()
    {
        (FakeNetwork first, FakeNetwork second) = Twins();
        _session.Given($"Get-DockerNetwork twin | New-TailSplitKillswitch");

        _session.Run($"Get-DockerNetwork {first.Id} | Remove-TailSplitPolicy").AssertNoErrors();

        Assert.Equal(second.Bridge, Assert.Single(Policies()).Bridge);
    }

    [Fact]
    public void Two_rows_of_one_name_are_one_policy_and_an_error_that_says_which_has_none()
    {
        ErrorRecord error = _session.Run(
            """
            @(
                [pscustomobject]@{ Name = 'lab'; Subnet = '10.98.0.0/16'; Bridge = 'br-lab1' }
                [pscustomobject]@{ Name = 'lab'; Subnet = '10.99.0.0/16'; Bridge = 'br-lab2' }
            ) | New-TailSplitKillswitch
            """).AssertError("PolicyNameTaken", ErrorCategory.InvalidArgument);

        Assert.Contains("10.99.0.0/16, br-lab2. The second gets no policy", error.ErrorDetails.Message, StringComparison.Ordinal);
        Assert.Equal("br-lab1", Assert.Single(Policies()).Bridge);
    }

    [Fact]
    public void With_force_too_a_second_of_one_name_does_not_open_the_first()
    {
        _session.Run(
            """
            @(
                [pscustomobject]@{ Name = 'lab'; Subnet = '10.98.0.0/16'; Bridge = 'br-lab1' }
                [pscustomobject]@{ Name = 'lab'; Subnet = '10.99.0.0/16'; Bridge = 'br-lab2' }
            ) | New-TailSplitKillswitch -Force
            """).AssertError("PolicyNameTaken", ErrorCategory.InvalidArgument);

        Assert.Equal("br-lab1", Assert.Single(Policies()).Bridge);
    }

    [Theory]
    [InlineData("eth0")]
    [InlineData("br-torrents")]
    [InlineData("docker0")]
    public void What_is_no_tun_device_is_refused_as_tunnel(string name)
    {
        ErrorRecord error = _session.Run($"New-TailSplitKillswitch torrents -TunnelInterface {name}")
            .AssertError("NotATunnel", ErrorCategory.InvalidArgument);

        Assert.Contains($"'{name}' can't be the tunnel", error.ErrorDetails.Message, StringComparison.Ordinal);
        Assert.Equal(0, Host.Writes);
    }

    [Fact]
    public void A_tun_device_with_mains_default_route_is_refused_too()
    {
        Host.Routes.AddLink("tun0", "10.8.0.2/24");
        Host.Routes.AddRoute(IpFamily.IPv4, 254, "default", "tun0");

        _session.Run("New-TailSplitKillswitch torrents -TunnelInterface tun0")
            .AssertError("NotATunnel", ErrorCategory.InvalidArgument);
    }

    [Fact]
    public void A_tunnel_that_is_not_there_yet_is_believed() => _session
        .Run("New-TailSplitKillswitch torrents -TunnelInterface ts9").AssertNoErrors();

    [Fact]
    public void Behind_pppoe_with_an_address_of_the_tailnets_range_the_uplink_is_not_taken_for_the_tunnel()
    {
        BehindPppoe();

        _session.Run("New-TailSplitKillswitch torrents").AssertNoErrors();

        Assert.Equal("tailscale0", Assert.Single(Policies()).TunnelInterface);
    }

    [Fact]
    public void An_interface_of_tailscales_usual_name_that_is_no_tun_device_is_refused()
    {
        Host.Routes.RemoveLink("tailscale0");
        Host.Routes.RemoveTable(52);
        Host.Routes.AddLink("tailscale0", "192.168.7.2/24");
        Host.Routes.Kinds["tailscale0"] = "veth";

        _session.Run("New-TailSplitKillswitch torrents").AssertError("NotATunnel", ErrorCategory.InvalidArgument);
    }

    [Fact]
    public void A_label_that_names_the_uplink_is_an_error_and_the_network_is_closed_all_the_same()
    {
        Host.Add(new FakeNetwork("shut")
        {
            Subnet = ["172.30.0.0/16"],
            Labels = new() { ["tailsplit.policy"] = "killswitch", ["tailsplit.tunnel-interface"] = "eth0" },
        });

        _session.Run("Sync-TailSplitPolicy").AssertError("InvalidLabel", ErrorCategory.InvalidArgument);

        Assert.Equal("tailscale0", Assert.Single(Policies()).TunnelInterface);
    }

    [Fact]
    public void A_policy_whose_tunnel_became_another_interface_fails_with_the_command_that_moves_it()
    {
        _session.Given($"New-TailSplitKillswitch torrents -TunnelInterface ts9");
        Host.Routes.AddLink("ts9", "203.0.113.9/24");
        Host.Routes.Kinds["ts9"] = "ppp";

        TailSplitCheck check = Check("TunnelDevice");

        Assert.Equal(CheckStatus.Fail, check.Status);
        Assert.Equal(PolicyState.Degraded, Assert.Single(Policies()).State);
        _session.Run(check.Remedy!).AssertNoErrors();
        Assert.Equal(PolicyState.Active, Assert.Single(Policies()).State);
        Assert.Equal(CheckStatus.Pass, Check("TunnelDevice").Status);
        Assert.Equal("tailscale0", Assert.Single(Policies()).TunnelInterface);
    }

    [Fact]
    public void A_policy_for_another_tun_device_than_tailscales_is_a_warning()
    {
        _session.Given($"New-TailSplitKillswitch torrents -TunnelInterface tun7");
        Host.Routes.AddLink("tun7", "10.8.0.2/24");

        Assert.Equal(CheckStatus.Warn, Check("TunnelDevice").Status);
    }

    [Fact]
    public void A_network_whose_bridge_has_the_lan_in_it_is_refused_everywhere()
    {
        Host.Add(new FakeNetwork("shut") { Subnet = ["172.30.0.0/16"], BridgeName = "br-shut", Labels = s_closed });
        Host.Routes.AddLink("lan0");
        Host.Routes.Masters["lan0"] = "br-shut";

        foreach (string script in (string[])[
            "New-TailSplitKillswitch shut", "Get-DockerNetwork shut | New-TailSplitKillswitch",
            "Get-DockerNetwork | Where-Object Name -EQ shut | New-TailSplitBypass", "Sync-TailSplitPolicy"])
        {
            ErrorRecord error = _session.Run(script)
                .AssertError("NetworkCannotHavePolicy", ErrorCategory.InvalidOperation);
            Assert.Contains("lan0", error.ErrorDetails.Message, StringComparison.Ordinal);
        }

        _session.Run("New-TailSplitKillswitch -Bridge br-shut")
            .AssertError("BridgeCannotHavePolicy", ErrorCategory.InvalidOperation);
        Assert.Equal(0, Host.Writes);
        DockerNetwork network = Assert.Single(_session.Run("Get-DockerNetwork shut").Of<DockerNetwork>());
        Assert.Contains("lan0", network.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_killswitch_of_which_the_bridge_gets_the_lan_later_stays_and_fails()
    {
        Host.Add(new FakeNetwork("shut") { Subnet = ["172.30.0.0/16"], BridgeName = "br-shut", Labels = s_closed });
        _session.Given($"Sync-TailSplitPolicy");
        string before = Host.Rules;
        Host.Routes.AddLink("lan0");
        Host.Routes.Masters["lan0"] = "br-shut";

        _session.Run("Sync-TailSplitPolicy").AssertError("NetworkCannotHavePolicy", ErrorCategory.InvalidOperation);

        Assert.Equal(before, Host.Rules);
        TailSplitCheck check = Check("Bridge");
        Assert.Equal(CheckStatus.Fail, check.Status);
        Assert.Contains("lan0", check.Detail, StringComparison.Ordinal);
        Assert.Equal([false], _session.Run("Test-TailSplitPolicy -Quiet").Of<bool>());
        TailSplitPolicy policy = Assert.Single(Policies());
        Assert.Equal(PolicyState.Degraded, policy.State);
        Assert.Contains("lan0", Assert.Single(policy.Missing), StringComparison.Ordinal);
        // The interfaces are seen without Docker too.
        Host.Docker.IsRunning = false;
        Assert.Equal(PolicyState.Degraded, Assert.Single(Policies()).State);
    }

    [Fact]
    public void A_gateway_that_is_taken_from_the_bridge_later_fails()
    {
        _session.Given($"New-TailSplitKillswitch torrents");
        Host.Routes.RemoveLink("br-torrents");
        Host.Routes.AddLink("br-torrents", "172.19.0.99/16");

        TailSplitCheck check = Check("Bridge");

        Assert.Equal(CheckStatus.Fail, check.Status);
        Assert.Contains("172.19.0.1", check.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("com.docker.network.bridge.inhibit_ipv4", "")]
    [InlineData("", "DefaultGatewayIPv4")]
    public void A_network_whose_gateway_is_a_router_is_refused_when_made(string option, string auxiliary)
    {
        Host.Add(new FakeNetwork("routed")
        {
            Subnet = ["172.30.0.0/16"],
            Options = option.Length > 0 ? new() { [option] = "true" } : [],
            Auxiliary = auxiliary.Length > 0 ? new() { [auxiliary] = "172.30.0.200" } : [],
        });

        ErrorRecord error = _session.Run("New-TailSplitKillswitch routed")
            .AssertError("NetworkCannotHavePolicy", ErrorCategory.InvalidOperation);

        Assert.Contains("not this host", error.ErrorDetails.Message, StringComparison.Ordinal);
        Assert.Equal(0, Host.Writes);
    }

    private (FakeNetwork First, FakeNetwork Second) Twins()
    {
        FakeNetwork first = new("twin") { Subnet = ["172.30.0.0/16"], Containers = ["one"] };
        FakeNetwork second = new("twin") { Subnet = ["172.31.0.0/16"], Incarnation = 1, Containers = ["two"] };
        Host.Add(first).Add(second);
        return (first, second);
    }

    private void BehindPppoe()
    {
        Host.Routes.AddLink("ppp0", "100.70.9.9/32");
        Host.Routes.Kinds["ppp0"] = "ppp";
        Host.Routes.AddRoute(IpFamily.IPv4, 254, "default", "ppp0");
    }

    private void BeForeign(string which)
    {
        switch (which)
        {
            case "rootless":
                Host.Docker.SecurityOptions = ["name=seccomp,profile=builtin", "name=rootless", "name=cgroupns"];
                break;
            case "desktop":
                Host.Docker.OperatingSystem = "Docker Desktop";
                break;
            case "ssh":
                Host.Docker.Endpoint = "ssh://root@nas";
                break;
            case "user":
                Host.Docker.Endpoint = "unix:///run/user/1000/docker.sock";
                break;
            case "name":
                Host.Docker.HostName = "another-machine";
                Host.RemoveBridges();
                break;
            case "bridge":
                Host.RemoveBridges();
                break;
        }
    }

    private IReadOnlyList<TailSplitPolicy> Policies() => _session.Run("Get-TailSplitPolicy").AssertNoErrors().Policies;

    private TailSplitCheck Check(string name) => _session.Run("Test-TailSplitPolicy").Of<TailSplitCheck>()
        .Single(check => check.Check == name && check.Policy is not null);
}
