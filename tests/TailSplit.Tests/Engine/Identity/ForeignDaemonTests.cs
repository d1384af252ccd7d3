using System.Management.Automation;
using TailSplit.Core.Diagnosis;
using TailSplit.Core.Model;
using TailSplit.Output;
using TailSplit.Tests.Engine.Hosting;
using TailSplit.Tests.Fakes;
using TailSplit.Tests.Fakes.Docker;
using Xunit;

namespace TailSplit.Tests.Engine.Identity;

/// <summary>Nothing is written where the Docker daemon is not this host's own.</summary>
public sealed class ForeignDaemonTests : IDisposable
{
    private static readonly Dictionary<string, string> s_closed = new() { ["tailsplit.policy"] = "killswitch" };

    private readonly Session _session = new();

    private FakeHost Host => _session.Host;

    public static TheoryData<string> ForeignDaemons { get; } = ["rootless", "desktop", "ssh", "user", "name", "bridge"];

    public void Dispose() => _session.Dispose();

    [Theory]
    [MemberData(nameof(ForeignDaemons))]
    public void Nothing_is_written_for_a_foreign_daemon(string which)
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
    public void A_sync_keeps_the_policies_of_labels_if_a_foreign_docker_daemon_answers(string which)
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
    public void Podman_behind_docker_is_reported_once_with_what_to_do()
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
    public void A_podman_without_a_network_is_reported_too()
    {
        Host.Docker.Networks.Clear();
        Host.Docker.InfoText = """{"host":{"arch":"amd64"},"version":{"APIVersion":"5.4.2","Version":"5.4.2"}}""";

        _session.Run("Get-DockerNetwork").AssertError("DockerIsPodman", ErrorCategory.ResourceUnavailable);
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
}
