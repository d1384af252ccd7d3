using System.Globalization;
using System.Net;
using System.Text.Json;
using TailSplit.Core.Model;
using TailSplit.Core.Planning;
using TailSplit.Execution;
using TailSplit.Execution.Transactions;

namespace TailSplit.Benchmarks.Packets;

/// <summary>
/// Three namespaces joined by veth: containers, a Docker host with an exit node, and the world outside. A container's
/// bridge is the host's end of a veth with a bridge's name; to the rules that is the same.
/// </summary>
internal sealed class Router : IAsyncDisposable
{
    private const string World = "198.51.100.10";

    private const string DockerAndTailscale = """
        *mangle
        -A PREROUTING -m conntrack --ctstate RELATED,ESTABLISHED -j CONNMARK --restore-mark --nfmask 0xff0000 --ctmask 0xff0000
        COMMIT
        *nat
        :DOCKER - [0:0]
        :ts-postrouting - [0:0]
        -A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER
        -A POSTROUTING -j ts-postrouting
        -A POSTROUTING -o eth0 -j MASQUERADE
        -A ts-postrouting -m mark --mark 0x40000/0xff0000 -j MASQUERADE
        COMMIT
        *filter
        :DOCKER-USER - [0:0]
        :DOCKER-FORWARD - [0:0]
        :ts-forward - [0:0]
        -A FORWARD -j DOCKER-USER
        -A FORWARD -j DOCKER-FORWARD
        -A FORWARD -j ts-forward
        -A DOCKER-FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
        -A ts-forward -i tailscale0 -j MARK --set-xmark 0x40000/0xff0000
        -A ts-forward -m mark --mark 0x40000/0xff0000 -j ACCEPT
        -A ts-forward -o tailscale0 -j ACCEPT
        COMMIT

        """;

    private readonly Namespace _containers;
    private readonly Namespace _host;
    private readonly Namespace _world;
    private readonly PacketOptions _options;
    private readonly Dictionary<PacketPath, FastSender> _senders = [];

    private Router(
        string name, int policies, PacketOptions options, Namespace containers, Namespace host, Namespace world)
    {
        (Name, Policies, _options, _containers, _host, _world) = (name, policies, options, containers, host, world);
    }

    public string Name { get; }

    public int Policies { get; }

    public IReadOnlyCollection<PacketPath> Paths => _senders.Keys;

    public static async Task<Router> CreateAsync(string structure, int policies, PacketOptions options)
    {
        string prefix = string.Create(
            CultureInfo.InvariantCulture, $"tsb{Environment.ProcessId}-{structure}-{policies}");
        Router router = new(
            structure, policies, options,
            await Namespace.CreateAsync($"{prefix}-c"),
            await Namespace.CreateAsync($"{prefix}-h"),
            await Namespace.CreateAsync($"{prefix}-w"));
        try
        {
            await router.BuildAsync();
            await router.WriteRulesAsync(structure);
            router.OpenSenders();
            return router;
        }
        catch
        {
            await router.DisposeAsync();
            throw;
        }
    }

    /// <returns>CPU time of one packet, in nanoseconds.</returns>
    public double Measure(PacketPath path, int packets) => _senders[path].Measure(packets);

    /// <summary>
    /// Sends some packets by each path, and throws unless each left where the contract says (docs/rules.md).
    /// </summary>
    public async Task CheckAsync()
    {
        foreach (PacketPath path in Paths.Where(path => path != PacketPath.Inbound))
        {
            string wanted = path is PacketPath.FirstBypass or PacketPath.LastBypass ? "eth0" : "tailscale0";
            await ExpectAsync(path, wanted, 64, "as it is");
        }

        await ExpectClosedAsync("both layers");
        string saved = await _host.RunAsync($"iptables-{_options.Variant}-save", ["-c"]);
        string table = Name == Structure.OwnTable ? await _host.RunAsync("nft", ["list", "table", "inet", "tailsplit"]) : "";
        foreach (string name in (string[])["filter", "nat", "mangle"])
            await _host.RunAsync($"iptables-{_options.Variant}", ["-t", name, "-F"]);

        if (table.Length > 0)
            await _host.RunAsync("nft", ["delete", "table", "inet", "tailsplit"]);

        await ExpectClosedAsync("firewall flushed");
        await _host.RunAsync($"iptables-{_options.Variant}-restore", ["-c"], saved);
        if (table.Length > 0)
            await _host.RunAsync("nft", ["-f", "-"], table);

        await _host.RunAsync("ip", ["rule", "flush", "protocol", "84"]);
        await ExpectClosedAsync("ip rules flushed");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (FastSender sender in _senders.Values)
            sender.Dispose();

        await _containers.DisposeAsync();
        await _host.DisposeAsync();
        await _world.DisposeAsync();
    }

    // The tunnel is down: nothing of a killswitch may leave by the uplink.
    private async Task ExpectClosedAsync(string what)
    {
        await _host.RunAsync("ip", ["link", "set", "tailscale0", "down"]);
        foreach (PacketPath path in Paths.Where(
            path => path is PacketPath.FirstKillswitch or PacketPath.LastKillswitch))
            await ExpectAsync(path, "eth0", 0, what);

        await _host.IpAsync("link set tailscale0 up\nroute replace default dev tailscale0 table 52\n");
    }

    private async Task ExpectAsync(PacketPath path, string device, int wanted, string what)
    {
        const int Sent = 64;
        const int Noise = 8;
        long before = await SentByAsync(device);
        Measure(path, Sent);
        long seen = await SentByAsync(device) - before;
        // ARP and neighbour discovery are in the count.
        if (seen < wanted || seen > wanted + Noise)
            throw new InvalidOperationException(
                $"{Name}, {Policies} policies, {path}, {what}: {seen} packets left by {device}, not {wanted}.");
    }

    private async Task<long> SentByAsync(string device)
    {
        string json = await _host.RunAsync("ip", ["-j", "-s", "link", "show", device]);
        using JsonDocument document = JsonDocument.Parse(json);
        return document.RootElement[0].GetProperty("stats64").GetProperty("tx").GetProperty("packets").GetInt64();
    }

    private async Task BuildAsync()
    {
        string filter = string.Create(CultureInfo.InvariantCulture, $"{_options.ReversePathFilter}");
        foreach (string scope in (string[])["all", "default"])
            await _host.SetAsync($"net.ipv4.conf.{scope}.rp_filter={filter}", $"net.ipv6.conf.{scope}.disable_ipv6=1");

        await _host.SetAsync("net.ipv4.ip_forward=1");
        foreach (Namespace end in (Namespace[])[_containers, _world])
        {
            await end.SetAsync("net.ipv6.conf.all.disable_ipv6=1", "net.ipv6.conf.default.disable_ipv6=1");
            await end.RunAsync("iptables-legacy", ["-t", "raw", "-A", "PREROUTING", "-p", "udp", "-j", "DROP"]);
        }

        await _host.IpAsync($"""
            link set lo up
            link add eth0 type veth peer name eth0 netns {_world.Name}
            link add tailscale0 type veth peer name tunnel netns {_world.Name}
            address add 203.0.113.2/24 dev eth0
            address add 100.101.102.103/32 dev tailscale0
            link set eth0 up
            link set tailscale0 up
            route add default via 203.0.113.1
            rule add pref 5210 fwmark 0x80000/0xff0000 lookup main
            rule add pref 5230 fwmark 0x80000/0xff0000 lookup default
            rule add pref 5250 fwmark 0x80000/0xff0000 unreachable
            rule add pref 5270 lookup 52

            """);
        await _world.IpAsync($"""
            link set lo up
            address add {World}/32 dev lo
            address add 203.0.113.1/24 dev eth0
            link set eth0 up
            link set tunnel up
            route add 10.0.0.0/8 via 203.0.113.2 src {World}

            """);
        await _containers.IpAsync("link set lo up\n");
        await _host.IpAsync("route add default dev tailscale0 table 52\n");
        foreach ((PacketPath path, int index) in Bridges())
        {
            string bridge = Samples.Bridge(index);
            string inside = string.Create(CultureInfo.InvariantCulture, $"c{(int)path}");
            await _host.IpAsync($"""
                link add {bridge} type veth peer name {inside} netns {_containers.Name}
                address add {Host(index)}/24 dev {bridge}
                link set {bridge} up

                """);
            // Each container goes by its own bridge: by its source address.
            int table = 100 + (int)path;
            await _containers.IpAsync($"""
                address add {Container(index)}/24 dev {inside}
                link set {inside} up
                route add default via {Host(index)} dev {inside} table {table}
                rule add from {Container(index)} lookup {table}

                """);
        }

        await _host.RunAsync($"iptables-{_options.Variant}-restore", ["--noflush"], DockerAndTailscale);
    }

    private async Task WriteRulesAsync(string structure)
    {
        if (Policies == 0)
            return;

        FirewallBackend backend = structure == Structure.OwnTable ? FirewallBackend.Nftables : FirewallBackend.Iptables;
        PutPolicy[] changes = [.. Samples.Policies(Policies).Select(
            policy => new PutPolicy(policy with { Backend = backend }, Force: false))];
        PolicyStore store = new(Machine.OfThisProcess(_ => { }) with { Programs = new NamespaceRunner(_host) });
        if (structure is Structure.AsIs or Structure.OwnTable)
        {
            await store.ApplyAsync(changes, await store.ReadAsync(CancellationToken.None), 30, CancellationToken.None);
            return;
        }

        Plan plan = PolicyStore.Foresee(changes, await store.ReadAsync(CancellationToken.None)).Plan;
        RuleText text = Structure.All[structure](
            new RuleText([], Lines(plan.Restore[IpFamily.IPv4]), Lines(plan.Batch[IpFamily.IPv4])));
        if (text.Sets.Count > 0)
            await _host.RunAsync("ipset", ["restore"], Join(text.Sets));

        await _host.RunAsync($"iptables-{_options.Variant}-restore", ["--noflush", "--counters"], Join(text.Restore));
        await _host.IpAsync(Join(text.Batch));
    }

    private void OpenSenders()
    {
        IPEndPoint world = new(IPAddress.Parse(World), 9);
        foreach ((PacketPath path, int index) in Bridges())
            _senders[path] = _containers.Enter(() => new FastSender(Container(index), world));

        IPEndPoint container = new(Container(Bridges()[0].Index), 9);
        _senders[PacketPath.Inbound] = _world.Enter(() => new FastSender(IPAddress.Parse(World), container));
        // Connections are tracked, and neighbours known, before anything is measured.
        foreach (FastSender sender in _senders.Values)
            sender.Measure(64);
    }

    // The bridges that packets come in by: one of no policy, and those of the first and the last of each kind.
    private List<(PacketPath Path, int Index)> Bridges()
    {
        const int nobody = 250;
        List<(PacketPath, int)> bridges = [(PacketPath.NoPolicy, nobody)];
        if (Policies >= 1)
            bridges.Add((PacketPath.FirstBypass, 0));

        if (Policies >= 2)
            bridges.Add((PacketPath.FirstKillswitch, 1));

        if (Policies >= 3)
            bridges.Add((PacketPath.LastBypass, (Policies - 1) / 2 * 2));

        if (Policies >= 4)
            bridges.Add((PacketPath.LastKillswitch, (Policies / 2 * 2) - 1));

        return bridges;
    }

    private static IPAddress Host(int index) => Address(index, 1);

    private static IPAddress Container(int index) => Address(index, 2);

    private static IPAddress Address(int index, int host) =>
        IPAddress.Parse(Samples.Subnet(index).Replace(
            ".0/24", string.Create(CultureInfo.InvariantCulture, $".{host}"), StringComparison.Ordinal));

    private static List<string> Lines(string text) => [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries)];

    private static string Join(IEnumerable<string> lines) => string.Join('\n', lines) + "\n";
}
