using TailSplit.Core.Mapping;
using TailSplit.Tests.Core.Goldens;
using Xunit;

namespace TailSplit.Tests.Core.Mapping;

public sealed class MapGoldenTests
{
    public static MatrixTheoryData<string, MapFormat> Maps { get; } = new(
        ["home", "crowded", "empty", "hostile"], Enum.GetValues<MapFormat>());

    [Theory]
    [MemberData(nameof(Maps))]
    public void A_map_is_drawn_as_its_golden(string name, MapFormat format)
    {
        string extension = format switch { MapFormat.Text => "txt", MapFormat.Mermaid => "mmd", _ => "svg" };

        GoldenFile.Check($"map-{name}.{extension}", MapFormats.Draw(Of(name), format));
    }

    [Fact]
    public void The_picture_of_the_readme_is_the_map_of_a_host_at_home() =>
        GoldenFile.Check("../../../docs/images/map.svg", MapFormats.Draw(Of("home"), MapFormat.Svg));

    internal static HostMap Of(string name) => MapMaker.Make(name switch
    {
        "home" => SampleMaps.Home,
        "crowded" => SampleMaps.Crowded,
        "empty" => new MapInput { Networks = [] },
        "hostile" => SampleMaps.Hostile,
        _ => throw new ArgumentOutOfRangeException(nameof(name)),
    });
}
