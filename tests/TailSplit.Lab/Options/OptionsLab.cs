using System.Net;
using TailSplit.Lab.Attacks;

namespace TailSplit.Lab.Options;

/// <summary>
/// The contract's three networks, and what options need besides: a second server in the internet and one on the LAN, a
/// second container in the killswitched network, and networks with Docker's own peculiarities.
/// </summary>
public class OptionsLab : AttackLab, IAsyncDisposable
{
    public const int UdpPort = 8085;

    private readonly List<SeenServer> _servers = [];

    public OptionsLab()
        : this(new())
    {
    }

    protected OptionsLab(LabOptions options)
        : base(options)
    {
    }

    public static Place OtherInternet { get; } =
        new("other in the internet", IPAddress.Parse("198.51.100.11"), IPAddress.Parse("2001:db8:51::11"));

    public static Place OtherLan { get; } = new(
        "other on the lan", IPAddress.Parse("10.0.0.21"), IPAddress.Parse("fd00:10::21"));

    /// <summary>In the network of <see cref="Contract.SplitLab.Torrents"/>, with a published UDP port.</summary>
    public Container Seeder { get; private set; } = null!;

    protected override async Task Prepare(Lab lab)
    {
        await base.Prepare(lab);
        await Serve(lab.Topology.Inet, OtherInternet);
        await Serve(lab.Topology.Lan, OtherLan);
        Seeder = await lab.RunContainer(
            "seeder", new() { Networks = ["torrents"], Publish = [$"{UdpPort}:{UdpPort}/udp"] });
    }

    async ValueTask IAsyncDisposable.DisposeAsync()
    {
        GC.SuppressFinalize(this);
        foreach (SeenServer server in _servers)
        {
            await server.DisposeAsync();
        }

        await DisposeAsync();
    }

    private async Task Serve(NetworkNamespace inside, Place place)
    {
        await inside.Ip($"addr add {place.V4}/24 dev eth0\naddr add {place.V6}/64 dev eth0 nodad");
        _servers.Add(SeenServer.Start(inside, [place.V4, place.V6], [Ports.Http]));
    }
}
