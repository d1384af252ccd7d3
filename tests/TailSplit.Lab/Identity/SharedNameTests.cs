using System.Text.Json;

namespace TailSplit.Lab.Identity;

/// <summary>Engine 20.10 takes two networks of one name by its API. Neither stays open silently.</summary>
public sealed class SharedNameTests
{
    [Fact]
    public async Task Two_networks_of_one_name_are_both_closed_and_by_name_it_is_an_error()
    {
        await using Lab lab = await LabFixture.StartOrSkip(new());
        string first = await Create(lab, "172.30.6.0/24");
        Container one = await lab.RunContainer("one", new() { Networks = [first] });
        // From now on the daemon starts no container on either, but connects one that runs, by the network's id.
        string second = await Create(lab, "172.30.7.0/24");
        string[] ids = [first, second];
        await lab.RunContainer("two", new() { Networks = ["bridge"] });
        await lab.Docker.Docker("network", "connect", second, "two");
        await lab.Docker.Docker("network", "disconnect", "bridge", "two");
        Container[] boxes = [one, await lab.Docker.Inspect("two")];
        await lab.Tailscale.RefreshNetworks();
        await lab.Tailscale.ExitNodeOff();
        foreach (Container box in boxes)
            await lab.Leaks.Control(() => Lab.Ask(box, Place.Internet.V4));

        string error = (await lab.Shell.Run(
            "try { New-TailSplitKillswitch twin -ErrorAction Stop } catch { $_.FullyQualifiedErrorId; $_.ErrorDetails.Message }"))
            .OrThrow().Output;
        Assert.StartsWith("AmbiguousNetwork", error, StringComparison.Ordinal);
        Assert.All(ids, id => Assert.Contains(id, error, StringComparison.Ordinal));

        (await lab.Shell.Run($"New-TailSplitKillswitch {ids[0]} | Out-Null")).OrThrow();
        Assert.Equal(LeakCount.None, await lab.Leaks.During(() => Lab.Ask(boxes[0], Place.Internet.V4)));
        await lab.Leaks.Control(() => Lab.Ask(boxes[1], Place.Internet.V4));

        (await lab.Shell.Run("Get-DockerNetwork twin | New-TailSplitKillswitch | Out-Null")).OrThrow();
        foreach (Container box in boxes)
            Assert.Equal(LeakCount.None, await lab.Leaks.During(() => Lab.Ask(box, Place.Internet.V4)));

        Assert.Equal(
            "Active Active",
            (await lab.Shell.Run("@((Get-TailSplitPolicy).State) -join ' '")).OrThrow().Output.Trim());
    }

    // The client asks the daemon to check for the name; without that, 20.10 makes a second one.
    private static async Task<string> Create(Lab lab, string subnet)
    {
        string body = JsonSerializer.Serialize(new { Name = "twin", IPAM = new { Config = new[] { new { Subnet = subnet } } } });
        ProgramOutput answer = await lab.Host.Run("curl", [
            "--silent", "--unix-socket", lab.Docker.Endpoint["unix://".Length..],
            "--header", "Content-Type: application/json", "--data", body, "http://localhost/networks/create"]);
        using JsonDocument document = JsonDocument.Parse(answer.Output);
        return document.RootElement.GetProperty("Id").GetString()!;
    }
}
