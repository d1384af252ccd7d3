
namespace TailSplit.Lab.Diagnosis;

/// <summary>
/// Engine 28 as it is by itself: names are asked by the host, of the servers that its own resolv.conf names.
/// </summary>
public sealed class HostDnsLab() : DoctorLabBase(new() { Docker = new() { Engine = Engine.Sid } })
{
    // The warning says what the check says.
    protected override string KillswitchOptions => "-WarningAction SilentlyContinue";
}

public sealed class EmbeddedDnsTests(HostDnsLab doctor) : IClassFixture<HostDnsLab>
{
    [Fact]
    public async Task Names_that_are_asked_by_the_host_past_a_killswitch()
    {
        Assert.NotNull(doctor.Lab);
        Trouble trouble = Assert.Single(await doctor.Troubles());
        Assert.Equal(("EmbeddedDns", "Warn", "torrents"), (trouble.Check, trouble.Status, trouble.Policy));
        Assert.Contains($"{Place.Internet.V4}", trouble.Detail, StringComparison.Ordinal);
        // No command changes the servers of a container: it says how to make one that has its own.
        Assert.Equal("", $"{trouble.Remedy}");
        string[] words = trouble.Detail.Split(' ');
        string server = words[Array.IndexOf(words, "--dns") + 1];

        await doctor.Lab.Docker.Docker("rm", "--force", "in-torrents");
        await doctor.Lab.RunContainer("in-torrents", new() { Networks = ["torrents"], Dns = [server] });

        Assert.Empty(await doctor.Troubles());
    }
}
