
namespace TailSplit.Lab.Truth;

/// <summary>
/// Who sends a container's question for a name: up to 27 the container, from 28.0 on the host, for every server that
/// came from the host's resolv.conf. A rule on forwarded packets never sees the latter.
/// </summary>
public sealed class NameServiceTests
{
    [Theory]
    [InlineData(nameof(Engine.Bookworm), false, false)]
    [InlineData(nameof(Engine.Trixie), false, false)]
    [InlineData(nameof(Engine.Sid), false, true)]
    [InlineData(nameof(Engine.Sid), true, false)]
    public async Task A_question_passes_a_drop_of_forwarded_packets_where_the_host_sends_it(
        string engine, bool ownServer, bool passes)
    {
        string[] server = ownServer ? [$"{Place.Internet.V4}"] : [];
        await using Lab lab = await LabFixture.StartOrSkip(
            new() { Docker = new() { Engine = Engine.Named(engine), Dns = server } });
        await lab.Tailscale.ExitNodeOff();
        DockerNetwork network = await lab.CreateNetwork("n");
        await lab.RunIn(network, "box");
        await lab.Leaks.Control(() => AskForName(lab));

        await lab.Host.RunLines($"iptables -w -I DOCKER-USER -i {network.Bridge} -j DROP");

        LeakCount leaks = await lab.Leaks.During(() => AskForName(lab));
        Assert.Equal(passes, leaks.Udp > 0);
    }

    private static Task<ProgramOutput> AskForName(Lab lab) =>
        lab.Docker.TryDocker("exec", "box", "timeout", "1", "nslookup", "lab.test");
}
