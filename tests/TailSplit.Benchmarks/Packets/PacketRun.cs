using System.Globalization;

namespace TailSplit.Benchmarks.Packets;

/// <summary>
/// Measures what a forwarded packet costs with and without policies, in turns of a few milliseconds, so that whatever
/// else the machine does meets all of them alike. Prints ratios to a host without policies, each the median over all
/// rounds.
/// </summary>
internal static class PacketRun
{
    private const int PacketsInATurn = 640;

    public static async Task<int> RunAsync(PacketOptions options)
    {
        List<Router> routers = [];
        try
        {
            routers.Add(await Router.CreateAsync(Structure.AsIs, 0, options));
            foreach (int policies in options.Policies)
            {
                foreach (string structure in options.Structures)
                    routers.Add(await Router.CreateAsync(structure, policies, options));
            }

            Measure(routers, options);
            foreach (Router router in routers.Where(router => Structure.IsWhole(router.Name)))
                await router.CheckAsync();

            Console.WriteLine(
                "checked: each packet left where it should; each layer alone keeps the killswitches closed");
            return 0;
        }
        finally
        {
            foreach (Router router in routers)
                await router.DisposeAsync();
        }
    }

    private static void Measure(List<Router> routers, PacketOptions options)
    {
        Router baseline = routers[0];
        Dictionary<(Router, PacketPath), List<double>> ratios = [];
        List<double> bare = [];
        for (int round = -3; round < options.Rounds; round++)
        {
            foreach (PacketPath path in Enum.GetValues<PacketPath>())
            {
                // Inbound is compared with inbound, all others with a packet from a bridge.
                double none = baseline.Measure(path == PacketPath.Inbound ? path : PacketPath.NoPolicy, PacketsInATurn);
                if (round >= 0 && path == PacketPath.NoPolicy)
                    bare.Add(none);

                foreach (Router router in routers.Where(router => router.Paths.Contains(path)))
                {
                    double cost = router.Measure(path, PacketsInATurn);
                    if (round < 0)
                        continue;

                    if (!ratios.TryGetValue((router, path), out List<double>? list))
                        ratios[(router, path)] = list = [];

                    list.Add(cost / none);
                }
            }
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"iptables-{options.Variant}, rp_filter {options.ReversePathFilter}, {options.Rounds} rounds; " +
            $"without policies {Median(bare):0} ns a packet"));
        Console.WriteLine($"| structure | policies | {string.Join(" | ", Enum.GetNames<PacketPath>())} |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|");
        foreach (Router router in routers)
        {
            IEnumerable<string> cells = Enum.GetValues<PacketPath>().Select(path =>
                ratios.TryGetValue((router, path), out List<double>? list)
                    ? Median(list).ToString("0.000", CultureInfo.InvariantCulture)
                    : "-");
            Console.WriteLine($"| {router.Name} | {router.Policies} | {string.Join(" | ", cells)} |");
        }
    }

    private static double Median(List<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }
}
