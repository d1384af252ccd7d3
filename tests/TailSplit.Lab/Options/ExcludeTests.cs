
namespace TailSplit.Lab.Options;

/// <summary>-Exclude: some destinations of a bypass keep the host's own way.</summary>
[Collection(typeof(SharedOptionsLab))]
public sealed class ExcludeTests(OptionsLab split)
{
    private Lab Lab => split.Lab;

    [Theory]
    [InlineData("Mark", true)]
    [InlineData("Mark", false)]
    [InlineData("Route", true)]
    [InlineData("Route", false)]
    public async Task An_excluded_destination_goes_where_the_host_itself_goes(string mechanism, bool lanAccess)
    {
        await split.Remove();
        await Lab.Tailscale.Set(new(ExitNode: true, AllowLanAccess: true));
        await Expect.Goes(split.Media, Place.Internet, Way.ExitNode);
        await Expect.Goes(split.Media, OptionsLab.OtherInternet, Way.ExitNode);
        await Lab.Tailscale.Set(new(ExitNode: true, lanAccess));

        await split.Run(
            $"Get-DockerNetwork media | New-TailSplitBypass -Mechanism {mechanism} " +
            $"-Exclude {OptionsLab.OtherInternet.V4}, {OptionsLab.OtherInternet.V6} | Out-Null");
        await Expect.Goes(split.Media, Place.Internet, Way.Isp);
        await Expect.Goes(split.Media, OptionsLab.OtherInternet, Way.ExitNode);
        await Expect.Goes(split.Media, Place.Tailnet, Way.Tailnet);
        await Expect.Goes(split.Media, Place.SubnetRoute, Way.Tailnet);
        await Expect.Goes(split.Media, Place.Lan, Way.Lan);

        await Lab.Tailscale.ExitNodeOff();
        await Expect.Goes(Lab.Host, OptionsLab.OtherInternet, Way.Isp);
        await Expect.Goes(split.Media, OptionsLab.OtherInternet, Way.Isp);
        await Expect.Goes(split.Media, Place.Internet, Way.Isp);
    }
}
