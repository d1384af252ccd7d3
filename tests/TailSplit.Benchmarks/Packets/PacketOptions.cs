using System.Globalization;

namespace TailSplit.Benchmarks.Packets;

/// <summary>What a run of <c>packets</c> measures.</summary>
internal sealed record PacketOptions
{
    /// <summary>nft or legacy.</summary>
    public string Variant { get; init; } = "nft";

    public int[] Policies { get; init; } = [1, 5, 20, 200];

    public string[] Structures { get; init; } = [Structure.AsIs];

    public int Rounds { get; init; } = 100;

    /// <summary>rp_filter of the router: systemd's default is 2, which costs each packet a second look-up.</summary>
    public int ReversePathFilter { get; init; } = 2;

    public static PacketOptions Parse(string[] words)
    {
        PacketOptions options = new();
        for (int i = 0; i + 1 < words.Length; i += 2)
        {
            string value = words[i + 1];
            options = words[i] switch
            {
                "--variant" => options with { Variant = value },
                "--policies" => options with { Policies = [.. value.Split(',').Select(Number)] },
                "--structures" => options with
                {
                    Structures = value == "all" ? [.. Structure.All.Keys] : value.Split(',')
                },
                "--rounds" => options with { Rounds = Number(value) },
                "--rp-filter" => options with { ReversePathFilter = Number(value) },
                _ => throw new ArgumentException(
                    $"'{words[i]}' is no option: --variant, --policies, --structures, --rounds, --rp-filter."),
            };
        }

        return options;
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
