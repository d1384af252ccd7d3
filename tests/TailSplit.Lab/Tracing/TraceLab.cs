using System.Net;
using TailSplit.Lab.Contract;

namespace TailSplit.Lab.Tracing;

/// <summary>
/// The contract's three networks and a neighbour in the first of them, watched at every place where a packet can come
/// out.
/// </summary>
public abstract class TraceLab(LabOptions options) : SplitLab(options)
{
    private readonly List<SeenPackets> _sightings = [];

    /// <summary>The store of iptables that Docker writes to.</summary>
    public IptablesVariant DockerUses { get; } = options.Docker.Iptables;

    public Container Neighbour { get; private set; } = null!;

    /// <summary>Those that send, by the name of their network.</summary>
    public IReadOnlyDictionary<string, Container> Senders { get; private set; } = null!;

    public IReadOnlyDictionary<string, string> Bridges { get; private set; } = null!;

    public IReadOnlyList<SeenPackets> SeenPackets => _sightings;

    /// <summary>The subnets of a network, as SplitLab makes them, separated by spaces.</summary>
    public static string SubnetsOf(string network) => network switch
    {
        "media" => "172.30.1.0/24 2001:db8:d:1::/64",
        "torrents" => "172.30.2.0/24 2001:db8:d:2::/64",
        "plain" => "172.30.3.0/24 2001:db8:d:3::/64",
        _ => throw new ArgumentOutOfRangeException(nameof(network)),
    };

    /// <summary>Whether an address lies in a network's subnets.</summary>
    public static bool IsOf(string network, IPAddress address) =>
        SubnetsOf(network).Split(' ').Any(subnet => IPNetwork.Parse(subnet).Contains(address));

    protected override async Task Prepare(Lab lab)
    {
        await base.Prepare(lab);
        Neighbour = await lab.RunIn(MediaNetwork, "neighbour");
        Senders = new Dictionary<string, Container> { ["media"] = Media, ["torrents"] = Torrents, ["plain"] = Plain };
        string bridges = await Run(
            "Get-DockerNetwork media, torrents, plain | ForEach-Object { \"$($_.Name) $($_.Bridge)\" }");
        Bridges = bridges.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(' '))
            .ToDictionary(words => words[0], words => words[1].Trim());
        _sightings.AddRange(
        [
            await Tracing.SeenPackets.Start(lab.Topology.Isp, "host", _ => "Direct by eth0"),
            await Tracing.SeenPackets.Start(lab.Topology.Exit, "tailscale0", _ => "Tunnel by tailscale0"),
            await Tracing.SeenPackets.Start(lab.Topology.Lan, "eth0", _ => "Direct by lan0"),
            await Tracing.SeenPackets.AtDelivery(lab.Host, _ => "Delivered to the host"),
            await In(Media, "media"),
            await In(Neighbour, "media"),
            await In(Torrents, "torrents"),
            await In(Plain, "plain"),
        ]);
    }

    private Task<SeenPackets> In(Container container, string network) => Tracing.SeenPackets.Start(
        container, "eth0", from => from == network ? $"Stays on {Bridges[network]}" : $"Direct by {Bridges[network]}");
}

public sealed class BookwormTraceLab() : TraceLab(new());

public sealed class SidLegacyTraceLab() : TraceLab(
    new() { Docker = new() { Engine = Engine.Sid, Iptables = IptablesVariant.Legacy, Dns = NameServers.OfItsOwn } });
