
namespace TailSplit.Lab.Options;

/// <summary>
/// A killswitch holds for a network, not for a container: one that is on another network too is reported.
/// </summary>
[Collection(typeof(SharedOptionsLab))]
public sealed class WayOutTests(OptionsLab split)
{
    [Fact]
    public async Task A_container_on_another_network_too_is_reported()
    {
        Lab lab = split.Lab;
        await Layers.Killswitch(split);
        Assert.Equal("", await WaysOut());

        await lab.Docker.Docker("network", "connect", "plain", "torrents");
        try
        {
            Assert.Contains("A killswitch on 'plain' closes that network", await WaysOut(), StringComparison.Ordinal);
            ShellResult again = await lab.Shell.Run("Get-DockerNetwork torrents | New-TailSplitKillswitch | Out-Null");
            Assert.Contains("WARNING", again.Error, StringComparison.Ordinal);
            Assert.Contains("A killswitch on 'plain' closes that network", again.Error, StringComparison.Ordinal);
        }
        finally
        {
            await lab.Docker.Docker("network", "disconnect", "plain", "torrents");
            await split.Remove();
        }
    }

    private Task<string> WaysOut() => split.Run("(Get-TailSplitPolicy torrents).WayOut");
}
