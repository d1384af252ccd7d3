using System.Text.Json.Nodes;

namespace TailSplit.Lab.Diagnosis;

/// <summary>
/// Engine 28 as it is by itself: names are asked by the host, of the servers that its own resolv.conf names.
/// </summary>
public sealed class HostDnsLab() : DoctorLabBase(new() { Docker = new() { Engine = Engine.Sid } })
{
    protected override async Task Serve(string[] command)
    {
        if (command is not ["systemctl", "restart", "docker"])
        {
            await base.Serve(command);
            return;
        }

        JsonArray servers = JsonNode.Parse(Etc.Read("docker/daemon.json"))!["dns"]!.AsArray();
        await RestartDocker([.. servers.Select(server => $"{server}")]);
    }

    public async Task RestartDocker(params string[] dns)
    {
        await Lab.Docker.Restart(dns);
        foreach (string network in (string[])["media", "torrents", "plain"])
            await Lab.Docker.Docker("start", $"in-{network}");
    }
}

public sealed class EmbeddedDnsTests(HostDnsLab doctor) : IClassFixture<HostDnsLab>
{
    [Fact]
    public async Task Names_that_are_asked_by_the_host_past_a_killswitch()
    {
        Assert.NotNull(doctor.Lab);
        doctor.Etc.Delete("docker/daemon.json");
        Trouble trouble = Assert.Single(await doctor.Troubles());
        Assert.Equal(("EmbeddedDns", "Warn", "torrents"), (trouble.Check, trouble.Status, trouble.Policy));
        Assert.Contains($"{Place.Internet.V4}", trouble.Detail, StringComparison.Ordinal);
        await doctor.Run($"{trouble.Remedy} | Out-Null");

        // What the file says already stays as it is.
        await doctor.Sees("EmbeddedDns", "Warn", async () =>
        {
            doctor.Etc.Write(
                "docker/daemon.json", "{\n  \"log-level\": \"info\",\n  \"log-opts\": { \"max-size\": \"10m\" }\n}\n");
            await doctor.RestartDocker();
        });
        Assert.Equal("info", $"{JsonNode.Parse(doctor.Etc.Read("docker/daemon.json"))!["log-level"]}");
    }
}
