using System.Management.Automation;
using TailSplit.Core.Diagnosis;
using TailSplit.Core.Model;
using TailSplit.Output;
using TailSplit.Tests.Engine.Hosting;
using TailSplit.Tests.Fakes;
using TailSplit.Tests.Fakes.Docker;
using TailSplit.Tests.Fakes.Podman;
using Xunit;

namespace TailSplit.Tests.Engine;

/// <summary>Podman beside Docker, and in its place.</summary>
public sealed class PodmanTests : IDisposable
{
    private static readonly FakeNetwork s_shut = new("shut")
    {
        Subnet = ["10.89.5.0/24"],
        BridgeName = "podman5",
        Labels = new() { ["tailsplit.policy"] = "killswitch" },
    };

    private readonly Session _session = new();

    private FakeHost Host => _session.Host;

    public void Dispose() => _session.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_host_that_does_not_use_podman_is_asked_what_it_was_before(bool installed)
    {
        Host.Podman.IsInstalled = installed;

        _session.Run("Get-DockerNetwork; New-TailSplitKillswitch torrents; Sync-TailSplitPolicy; Test-TailSplitPolicy").AssertNoErrors();

        Assert.DoesNotContain(Host.Calls, call => call.ToString().Contains("podman", StringComparison.Ordinal));
    }

    [Fact]
    public void Networks_of_both_engines_come_and_say_whose_they_are()
    {
        Host.UsePodman(PodmanHost.Media);

        DockerNetwork[] networks = [.. _session.Run("Get-DockerNetwork").AssertNoErrors().Of<DockerNetwork>()];

        Assert.Equal(ContainerEngine.Docker, networks.Single(network => network.Name == "media").Engine);
        DockerNetwork films = networks.Single(network => network.Name == "films");
        Assert.Equal((ContainerEngine.Podman, "podman1", true), (films.Engine, films.Bridge, films.CanHavePolicy));
        Assert.Equal(["player"], films.Containers);
    }

    [Fact]
    public void A_policy_by_name_is_on_podmans_bridge()
    {
        Host.UsePodman(PodmanHost.Media);

        _session.Run("New-TailSplitKillswitch films").AssertNoErrors();

        TailSplitPolicy policy = Assert.Single(_session.Run("Get-TailSplitPolicy").AssertNoErrors().Of<TailSplitPolicy>());
        Assert.Equal("podman1", policy.Bridge);
        Assert.Empty(policy.Missing);
        Assert.Contains("podman1", Host.Rules, StringComparison.Ordinal);
    }

    [Fact]
    public void A_network_whose_bridge_does_not_exist_yet_gets_its_policy()
    {
        Host.UsePodman(s_shut);

        _session.Run("Sync-TailSplitPolicy").AssertNoErrors();

        Assert.Contains("podman5", Host.Rules, StringComparison.Ordinal);
    }

    [Fact]
    public void The_program_docker_of_podman_docker_is_podman_by_itself()
    {
        Host.UsePodman(PodmanHost.Media);
        Host.CallItDocker();

        DockerNetwork network = Assert.Single(_session.Run("Get-DockerNetwork").AssertNoErrors().Of<DockerNetwork>());
        Assert.Equal(ContainerEngine.Podman, network.Engine);
        _session.Run("New-TailSplitKillswitch films").AssertNoErrors();
        _session.Run("New-TailSplitKillswitch none").AssertError("NetworkNotFound", ErrorCategory.ObjectNotFound);
    }

    [Fact]
    public void Without_docker_podman_alone_is_asked()
    {
        Host.UsePodman(PodmanHost.Media);
        Host.Missing.Add("docker");

        _session.Run("Get-DockerNetwork; New-TailSplitBypass films; Sync-TailSplitPolicy").AssertNoErrors();
        ErrorRecord error = _session.Run("New-TailSplitBypass nosuch").AssertError("NetworkNotFound", ErrorCategory.ObjectNotFound);

        Assert.Equal("Podman has no network 'nosuch'.", error.Exception.Message);
        Assert.DoesNotContain(Host.Calls, call => call.ToString().StartsWith("docker", StringComparison.Ordinal));
    }

    [Fact]
    public void Checks_without_docker_say_nothing_of_docker()
    {
        Host.UsePodman(PodmanHost.Media);
        Host.Missing.Add("docker");
        _session.Given($"New-TailSplitKillswitch films");

        TailSplitCheck[] checks = [.. _session.Run("Test-TailSplitPolicy").Of<TailSplitCheck>()];

        Assert.Equal(CheckStatus.Pass, checks.Single(check => check.Check == "Bridge").Status);
        Assert.DoesNotContain(checks, check => check.Detail.Contains("'docker'", StringComparison.Ordinal));
        Assert.DoesNotContain(
            _session.Run("Get-TailSplitEnvironment").Of<TailSplitEnvironment>().Single().NotSeen,
            reason => reason.Contains("ocker", StringComparison.Ordinal));
    }

    [Fact]
    public void A_translation_that_iptables_does_not_show_is_not_said_to_be_missing()
    {
        Host.UsePodman(PodmanHost.Media);
        Host.Missing.Add("docker");
        _session.Given($"New-TailSplitBypass films");

        Assert.Equal(CheckStatus.Skipped, Masquerade().Status);

        // netavark's own chain is there, and what it jumped to is not.
        Host.Firewall[IpFamily.IPv4].Load("*nat\n:NETAVARK-HOSTPORT-MASQ - [0:0]\n-A POSTROUTING -j NETAVARK-HOSTPORT-MASQ\nCOMMIT\n");
        Assert.Equal((CheckStatus.Fail, "podman network reload --all"), (Masquerade().Status, Masquerade().Remedy));

        TailSplitCheck Masquerade() => _session.Run("Test-TailSplitPolicy").Of<TailSplitCheck>().Single(check => check.Check == "Masquerade");
    }

    /// <summary>Unlike Docker, netavark translates a published port for containers of the same network too.</summary>
    [Fact]
    public void A_published_port_that_leads_back_to_its_own_network_breaks_no_contract()
    {
        Host.UsePodman(PodmanHost.Media);
        Host.Firewall[IpFamily.IPv4].Load(
            "*nat\n:NETAVARK-HOSTPORT-DNAT - [0:0]\n-A PREROUTING -m addrtype --dst-type LOCAL -j NETAVARK-HOSTPORT-DNAT\n"
            + "-A NETAVARK-HOSTPORT-DNAT -p tcp -m tcp --dport 8080 -j DNAT --to-destination 10.89.0.2:80\nCOMMIT\n"
            + "*filter\n:NETAVARK_FORWARD - [0:0]\n-A FORWARD -j NETAVARK_FORWARD\n-A NETAVARK_FORWARD -s 10.89.0.0/24 -j ACCEPT\nCOMMIT\n");
        _session.Given($"New-TailSplitKillswitch films -BlockHost");

        TailSplitCheck contract = _session.Run("Test-TailSplitPolicy").Of<TailSplitCheck>().Single(check => check.Check == "Contract");

        Assert.True(contract.Status == CheckStatus.Pass, contract.Detail);
    }

    [Fact]
    public void Podman_that_fails_hides_no_network_of_docker()
    {
        Host.UsePodman(PodmanHost.Media);
        Host.Podman.Trouble = "Error: database is locked";

        Answer answer = _session.Run("Get-DockerNetwork");

        ErrorRecord error = answer.AssertError("PodmanUnavailable", ErrorCategory.ResourceUnavailable);
        Assert.Contains("database is locked", error.Exception.Message, StringComparison.Ordinal);
        Assert.Contains("media", answer.Of<DockerNetwork>().Select(network => network.Name));

        answer = _session.Run("New-TailSplitKillswitch torrents");
        answer.AssertNoErrors();
        Assert.Contains(answer.Warnings, warning => warning.Contains("Podman may also have a network 'torrents'", StringComparison.Ordinal));
        _session.Run("New-TailSplitKillswitch films").AssertError("PodmanUnavailable", ErrorCategory.ResourceUnavailable);
    }

    [Fact]
    public void Docker_that_fails_hides_no_network_of_podman()
    {
        Host.UsePodman(PodmanHost.Media);
        Host.Docker.IsRunning = false;

        Answer answer = _session.Run("Get-DockerNetwork");

        answer.AssertError("DockerUnavailable", ErrorCategory.ResourceUnavailable);
        Assert.Equal("films", Assert.Single(answer.Of<DockerNetwork>()).Name);
    }

    [Fact]
    public void A_sync_keeps_what_the_engine_that_fails_may_want()
    {
        Host.UsePodman(s_shut);
        Host.Add(new FakeNetwork("open") { Subnet = ["172.30.0.0/16"], Labels = new() { ["tailsplit.policy"] = "bypass" } });
        _session.Given($"Sync-TailSplitPolicy");
        string before = Host.Rules;

        Host.Podman.Trouble = "Error: database is locked";
        _session.Run("Sync-TailSplitPolicy").AssertError("PodmanUnavailable", ErrorCategory.ResourceUnavailable);
        Assert.Equal(before, Host.Rules);

        Host.Podman.Trouble = null;
        Host.RemovePodman(s_shut);
        _session.Run("Sync-TailSplitPolicy").AssertNoErrors();
        Assert.DoesNotContain("podman5", Host.Rules, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_that_both_engines_have_is_an_error_that_says_how_to_choose()
    {
        FakeNetwork other = PodmanHost.Media with { Name = "torrents", Incarnation = 7 };
        Host.UsePodman(other);

        ErrorRecord error = _session.Run("New-TailSplitKillswitch torrents").AssertError("AmbiguousNetwork", ErrorCategory.InvalidArgument);

        Assert.Contains($"{other.Id} (Podman)", error.Exception.Message, StringComparison.Ordinal);
        Assert.Contains($"{UsualHost.Torrents.Id} (Docker)", error.Exception.Message, StringComparison.Ordinal);
        Assert.Equal(0, Host.Writes);
        _session.Run("Get-DockerNetwork torrents | Where-Object Engine -eq Podman | New-TailSplitKillswitch").AssertNoErrors();
        Assert.DoesNotContain("br-torrents", Host.Rules.Split('\n').Where(line => line.Contains("TSK-", StringComparison.Ordinal)));
        Assert.Equal("podman1", Assert.Single(_session.Run("Get-TailSplitPolicy").Of<TailSplitPolicy>()).Bridge);
        _session.Run($"New-TailSplitKillswitch {UsualHost.Torrents.Id}").AssertNoErrors();
        Assert.Equal(2, _session.Run("Get-TailSplitPolicy").Of<TailSplitPolicy>().Count);
    }

    [Fact]
    public void Without_root_podman_is_not_asked_as_the_user()
    {
        Host.UsePodman(PodmanHost.Media);
        Host.RefusesRoot = true;

        Answer answer = _session.Run("Get-DockerNetwork");

        answer.AssertError("PermissionDenied", ErrorCategory.PermissionDenied);
        Assert.Contains("media", answer.Of<DockerNetwork>().Select(network => network.Name));
        Assert.DoesNotContain("films", answer.Of<DockerNetwork>().Select(network => network.Name));
    }

    [Fact]
    public void A_file_keeps_its_policy_off_the_other_engines_network_of_the_same_name()
    {
        FakeNetwork other = PodmanHost.Media with { Name = "torrents", Incarnation = 7 };
        Host.UsePodman(other);
        _session.Given($"Get-DockerNetwork torrents | Where-Object Engine -eq Podman | New-TailSplitKillswitch");
        string file = Path.Combine(Host.Machine.RuntimeFolder, "policies.json");
        _session.Run($"Export-TailSplitPolicy -Path '{file}'").AssertNoErrors();
        string before = Host.Rules;

        Host.Podman.Trouble = "Error: database is locked";
        _session.Run($"Sync-TailSplitPolicy '{file}'").AssertError("PodmanUnavailable", ErrorCategory.ResourceUnavailable);

        Assert.Equal(before, Host.Rules);
    }

    [Fact]
    public void Names_that_podmans_server_asks_past_a_killswitch_are_warned_of()
    {
        Host.UsePodman(PodmanHost.Media);
        Host.Files["/etc/resolv.conf"] = "nameserver 192.168.1.1\n";
        Host.Files["/run/containers/player/resolv.conf"] = "search dns.podman\nnameserver 10.89.0.1\n";

        Answer answer = _session.Run("New-TailSplitKillswitch films").AssertNoErrors();

        Assert.Contains(answer.Warnings, warning =>
            warning.Contains("Podman's name server", StringComparison.Ordinal) && warning.Contains("-DnsServer", StringComparison.Ordinal));
        Assert.DoesNotContain(
            _session.Run("New-TailSplitKillswitch films -DnsServer 9.9.9.9 -Force").AssertNoErrors().Warnings,
            warning => warning.Contains("Podman", StringComparison.Ordinal));
    }
}
