using TailSplit.Core.Compilation;
using TailSplit.Core.Containers;
using TailSplit.Core.Kernel;
using TailSplit.Core.Model;
using Xunit;

namespace TailSplit.Tests.Core.Compilation;

/// <summary>Which daemons are this host's own, and which are not.</summary>
public sealed class ForeignDaemonTests
{
    private const string Local = "unix:///var/run/docker.sock";

    private static readonly DockerInfo s_info = new("28.5.1", "iptables", IsRootless: false)
    {
        HostName = "nas",
        OperatingSystem = "Debian GNU/Linux 13 (trixie)",
    };

    private static readonly DockerNetwork s_network = new()
    {
        Name = "media",
        Id = "3f2a9c1b7d5e" + new string('0', 52),
        Driver = "bridge",
        Bridge = "br-3f2a9c1b7d5e",
        Subnet = ["172.19.0.0/16"],
    };

    private static readonly HostInterface s_card = new("eth0", []);

    [Theory]
    [InlineData(Local)]
    [InlineData("unix:///run/docker.sock")]
    [InlineData("unix:///tmp/lab-1/docker.sock")]
    [InlineData(null)]
    public void A_rootful_daemon_of_the_same_host_is_its_own_whatever_its_socket(string? endpoint) =>
        Assert.Null(ForeignDaemon.WhyForeign(endpoint, s_info, "NAS.home.example", [s_network], [s_card]));

    [Theory]
    [InlineData("ssh://root@nas2")]
    [InlineData("tcp://192.168.1.7:2375")]
    [InlineData("tcp://localhost:2375")]
    [InlineData("npipe:////./pipe/docker_engine")]
    [InlineData("unix:///run/user/1000/docker.sock")]
    [InlineData("unix:///home/me/.docker/desktop/docker.sock")]
    [InlineData("unix:///home/me/.colima/default/docker.sock")]
    public void A_daemon_with_an_endpoint_on_another_host_is_foreign(string endpoint) => Assert.Contains(
        endpoint, ForeignDaemon.WhyForeign(endpoint, s_info, "nas", [], [s_card]), StringComparison.Ordinal);

    [Fact]
    public void Rootless_docker_and_docker_desktop_are_foreign()
    {
        DockerInfo rootless = DockerInfoJson.Parse(
            """{"ID":"x","ServerVersion":"28.5.1","SecurityOptions":["name=seccomp,profile=builtin","name=rootless","name=cgroupns"],"Name":"nas"}""")!;
        DockerInfo desktop = DockerInfoJson.Parse(
            """{"ID":"x","ServerVersion":"28.5.1","OperatingSystem":"Docker Desktop","Name":"docker-desktop","SecurityOptions":["name=seccomp"]}""")!;
        DockerInfo remapped = DockerInfoJson.Parse(
            """{"ID":"x","ServerVersion":"28.5.1","SecurityOptions":["name=userns"],"Name":"nas"}""")!;

        Assert.Contains("rootless", ForeignDaemon.WhyForeign(Local, rootless, "nas", [], [s_card]), StringComparison.Ordinal);
        Assert.Contains("Desktop", ForeignDaemon.WhyForeign(Local, desktop, "nas", [], [s_card]), StringComparison.Ordinal);
        Assert.Null(ForeignDaemon.WhyForeign(Local, remapped, "nas", [], [s_card]));
    }

    [Fact]
    public void A_daemon_whose_running_containers_have_no_bridge_on_this_host_is_foreign() => Assert.Contains(
        "br-3f2a9c1b7d5e",
        ForeignDaemon.WhyForeign(Local, s_info, "nas", [s_network with { Containers = ["qbittorrent"] }], [s_card]),
        StringComparison.Ordinal);

    [Fact]
    public void A_daemon_of_another_name_is_foreign_unless_one_of_its_bridges_is_on_this_host()
    {
        Assert.Contains(
            "'nas'", ForeignDaemon.WhyForeign(Local, s_info, "toolbox", [s_network], [s_card]), StringComparison.Ordinal);
        Assert.Null(ForeignDaemon.WhyForeign(
            Local, s_info, "toolbox", [s_network], [s_card, new HostInterface("br-3f2a9c1b7d5e", [])]));
    }
}
