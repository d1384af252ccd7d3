using TailSplit.Core.Hosts;
using TailSplit.Tests.Fakes;
using TailSplit.Tests.Fakes.Docker;
using Xunit;

namespace TailSplit.Tests.Core.Diagnosis.Checks;

public sealed class PrivilegesCheckTests
{
    [Fact]
    public void Power_over_the_host_is_a_warning_without_a_command()
    {
        Host host = Snapshots.Seeder(new FakeContainer("seeder") { Privileged = true });

        Assert.Equal(["Privileges Warn torrents"], host.Troubles());
        Assert.Null(host.Result("Privileges", "torrents").Remedy);
        Assert.Equal(["Privileges Warn torrents"], Snapshots.Seeder(new FakeContainer("seeder") { CapAdd = ["SYS_MODULE"] }).Troubles());
        Assert.Empty(Snapshots.Seeder(new FakeContainer("seeder") { CapAdd = ["SYS_TIME"] }).Troubles());
    }

    [Theory]
    [InlineData("/var/run/docker.sock", true)]
    [InlineData("/run/docker.sock", true)]
    [InlineData("/srv/engine/docker.sock", true)]
    [InlineData("/run/user/1000/docker.sock", false)]
    [InlineData("/run/containerd/containerd.sock", true)]
    [InlineData("/var/run", true)]
    [InlineData("/run/", true)]
    [InlineData("/", true)]
    [InlineData("/run/dock", false)]
    [InlineData("/srv/downloads", false)]
    [InlineData("/run/systemd", false)]
    public void A_mounted_socket_of_a_container_daemon_is_power_over_the_host(string path, bool warns)
    {
        Host host = Snapshots.Seeder(new FakeContainer("seeder") { Binds = ["/etc/localtime", path] });

        Assert.Equal(warns ? ["Privileges Warn torrents"] : [], host.Troubles());
        if (warns)
            Assert.Contains($"seeder has {path} of the host mounted", host.Result("Privileges", "torrents").Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("host", true)]
    [InlineData("container:other", false)]
    [InlineData("", false)]
    public void A_container_among_the_hosts_processes_is_a_warning(string mode, bool warns) => Assert.Equal(
        warns ? ["Privileges Warn torrents"] : [],
        Snapshots.Seeder(new FakeContainer("seeder") { PidMode = mode }).Troubles());

    [Theory]
    [InlineData("NET_ADMIN")]
    [InlineData("NET_RAW")]
    public void Power_over_its_own_namespace_is_a_note_about_a_vpn_container(string capability)
    {
        Host host = Snapshots.Seeder(new FakeContainer("gluetun") { CapAdd = [capability] });

        Assert.Empty(host.Troubles());
        Assert.Contains($"gluetun ({capability})", host.Result("Privileges", "torrents").Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("container:gluetun")]
    [InlineData("container:ID")]
    public void A_privileged_container_in_the_namespace_of_a_closed_one_is_seen(string mode)
    {
        FakeContainer parent = new("gluetun");
        Host host = Snapshots.Healthy(host =>
        {
            Snapshots.Put(host, UsualHost.Torrents, parent.Name);
            host.Docker.Special["qbittorrent"] = new FakeContainer("qbittorrent")
            {
                NetworkMode = mode.Replace("ID", parent.Id, StringComparison.Ordinal),
                Privileged = true,
            };
        });

        Assert.Equal(["Privileges Warn torrents"], host.Troubles());
        Assert.Contains("qbittorrent is privileged", host.Result("Privileges", "torrents").Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Containers_on_the_hosts_own_network_are_told_of()
    {
        Host host = Snapshots.Healthy(
            host => host.Docker.Special["node-exporter"] = new FakeContainer("node-exporter") { NetworkMode = "host" });

        Assert.Empty(host.Troubles());
        Assert.Contains("node-exporter", host.Result("Privileges", "torrents").Detail, StringComparison.Ordinal);
    }
}
