using TailSplit.Core.Hosts;
using TailSplit.Tests.Fakes;
using TailSplit.Tests.Fakes.Docker;
using Xunit;

namespace TailSplit.Tests.Core.Diagnosis.Checks;

public sealed class PublishedPortsCheckTests
{
    [Fact]
    public void Ports_without_a_policy_are_told_of_while_an_exit_node_is_on()
    {
        Host host = Snapshots.Of(Snapshots.Nothing, host =>
            host.Docker.Special["jellyfin"] = new FakeContainer("jellyfin") { Publish = ["0.0.0.0:8096:8096/tcp"] });

        Assert.Empty(host.Troubles());
        Assert.Contains("8096 (jellyfin)", host.Result("PublishedPorts").Detail, StringComparison.Ordinal);
        Assert.Contains("Replies to the internet leave by the exit node", host.Result("PublishedPorts").Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0.0.0.0:8080:80/tcp", true)]
    [InlineData("192.168.1.10:8080:80/tcp", true)]
    [InlineData("127.0.0.1:8080:80/tcp", false)]
    [InlineData("100.101.102.103:8080:80/tcp", false)]
    public void A_published_port_that_the_lan_gets_no_answer_from_is_a_warning(string port, bool warns)
    {
        Host host = Snapshots.Seeder(new FakeContainer("seeder") { Publish = [port] });

        Assert.Equal(warns ? ["PublishedPorts Warn torrents"] : [], host.Troubles());
        if (warns)
            Assert.Equal(
                "New-TailSplitKillswitch torrents -AllowPublishedPort -Force",
                host.Result("PublishedPorts", "torrents").Remedy);
    }
}
