using System.Net;

namespace TailSplit.Lab;

/// <summary>
/// A Docker host with an exit node, inside one machine: real packets, a real dockerd, a real TUN as tailscale0. Nothing
/// leaves its namespaces. Labs may run side by side.
/// </summary>
public sealed class Lab : IAsyncDisposable
{
    private static readonly Lazy<Task> s_sweep = new(Leftovers.Sweep);
    private static int s_count;
    private readonly Stack<IAsyncDisposable> _parts = new();
    private readonly LabOptions _options;

    private Lab(LabOptions options)
    {
        _options = options;
        Name = $"ts-{System.Environment.ProcessId}-{Interlocked.Increment(ref s_count)}";
        Folder = Path.Combine("/tmp", Name);
    }

    public string Name { get; }

    /// <summary>What policies are written with.</summary>
    public FirewallBackend Backend => _options.Backend;

    public int RpFilter { get; private set; }

    /// <summary>A folder of the lab's own, gone with it.</summary>
    public string Folder { get; }

    public NetworkNamespace Host => Topology.Host;

    public Topology Topology { get; private set; } = null!;

    public Tunnel Tunnel { get; private set; } = null!;

    public Tailscale Tailscale { get; private set; } = null!;

    public DockerDaemon Docker { get; private set; } = null!;

    /// <summary>Podman, in a lab that has it.</summary>
    public PodmanEngine Podman { get; private set; } = null!;

    /// <summary>iptables as Docker, and a person at the prompt, has it.</summary>
    public IptablesTools Tools { get; private set; } = null!;

    /// <summary>TailSplit at its prompt on the host; the process starts with the first script.</summary>
    public LabShell Shell { get; private set; } = null!;

    /// <summary>What a program on the host needs to find this lab's iptables, Docker and Tailscale.</summary>
    public IReadOnlyDictionary<string, string?> Environment =>
        new Dictionary<string, string?>
        {
            ["PATH"] = Tools.SearchPath,
            ["DOCKER_HOST"] = _options.HasDocker ? Docker.Endpoint : null,
            [LabShell.BackendVariable] = Backend is FirewallBackend.Nftables ? nameof(FirewallBackend.Nftables) : null,
        };

    /// <summary>The name server in the internet, and who asked it.</summary>
    public Resolver Resolver { get; private set; } = null!;

    /// <summary>Tailscale's name server on 100.100.100.100.</summary>
    public MagicDns MagicDns { get; private set; } = null!;

    /// <summary>What reached the ISP in clear.</summary>
    public LeakCounter Leaks { get; private set; } = null!;

    /// <summary>What came out of the tunnel at the exit node.</summary>
    public LeakCounter Tunnelled { get; private set; } = null!;

    /// <summary>What the host sent to the LAN.</summary>
    public LeakCounter OnLan { get; private set; } = null!;

    /// <exception cref="LabUnavailableException">The machine lacks what a lab needs.</exception>
    public static async Task<Lab> StartAsync(LabOptions? options = null)
    {
        Lab lab = new(options ?? new());
        if (LabRequirements.Missing(lab._options) is { } reason)
        {
            throw new LabUnavailableException(reason);
        }

        await s_sweep.Value;
        try
        {
            await lab.Build();
            return lab;
        }
        catch
        {
            await lab.DisposeAsync();
            throw;
        }
    }

    /// <summary>Asks a server which address it sees.</summary>
    public static Task<Answer> Ask(
        NetworkNamespace from, IPAddress to, Protocol protocol = Protocol.Tcp, int port = Ports.Http) =>
        Probe.Ask(from, to, protocol, port);

    /// <summary>Asks a published port which address the container sees.</summary>
    public static Task<Answer> AskHttp(NetworkNamespace from, IPAddress to, int port) => Probe.AskHttp(from, to, port);

    /// <summary>Creates a network, and has Tailscale see it at once.</summary>
    public async Task<DockerNetwork> CreateNetwork(string name, NetworkOptions? options = null)
    {
        DockerNetwork network = await Docker.CreateNetwork(name, options);
        SetRpFilter(RpFilter);
        await Tailscale.RefreshNetworks();
        return network;
    }

    public async Task RemoveNetwork(string name)
    {
        await Docker.RemoveNetwork(name);
        await Tailscale.RefreshNetworks();
    }

    /// <summary>Runs a container in one network, with nothing published.</summary>
    public Task<Container> RunIn(DockerNetwork network, string name) =>
        Docker.RunContainer(name, new() { Networks = [network.Name] });

    public Task<Container> RunContainer(string name, ContainerOptions options) => Docker.RunContainer(name, options);

    /// <summary>Another release of Tailscale takes the place of this one, in the same state.</summary>
    public async Task UseTailscale(TailscaleLayout layout)
    {
        await Tailscale.Stop();
        TailscaleState state = Tailscale.State;
        // It outlasts a daemon that wrote it, and not the reboot between two hosts.
        Host.SetSysctl("net.ipv4.conf.all.src_valid_mark", 0);
        Tailscale = NewTailscale(layout);
        await Tailscale.Up(state);
    }

    /// <summary>Sets the reverse path check on every interface of the host, and for those to come.</summary>
    public void SetRpFilter(int value)
    {
        RpFilter = value;
        Host.Enter(() =>
        {
            foreach (string scope in Directory.GetDirectories("/proc/sys/net/ipv4/conf"))
            {
                File.WriteAllText($"{scope}/rp_filter", $"{value}");
            }
        });
    }

    /// <summary>Every rule on the host as normalised text, for a comparison of before and after.</summary>
    public Task<string> Snapshot() => HostRules.Snapshot(Host);

    public async ValueTask DisposeAsync()
    {
        List<Exception> failures = [];
        while (_parts.TryPop(out IAsyncDisposable? part))
        {
            try
            {
                await part.DisposeAsync();
            }
            catch (Exception exception)
            {
                failures.Add(exception);
            }
        }

        if (Directory.Exists(Folder))
        {
            Directory.Delete(Folder, recursive: true);
        }

        if (failures.Count > 0)
        {
            throw new AggregateException($"The lab {Name} could not be taken down wholly.", failures);
        }
    }

    private async Task Build()
    {
        Directory.CreateDirectory(Folder);
        Tools = IptablesTools.Create(Folder, _options.Docker.Iptables);
        Topology = Part(await Topology.Create(Name));
        SetRpFilter(_options.RpFilter);
        Task<DockerDaemon>? docker =
            _options.HasDocker ? DockerDaemon.Start(Host, _options.Docker, Folder, Tools) : null;
        try
        {
            Tunnel = Part(new Tunnel(Host, Topology.Exit));
            await Tunnel.Up();
            StartServers();
            Leaks = await LeakCounter.Start(Topology.Isp, "host");
            Tunnelled = await LeakCounter.Start(Topology.Exit, Tunnel.Interface);
            OnLan = await LeakCounter.Start(Topology.Lan, "eth0");
        }
        finally
        {
            if (docker is not null)
            {
                Docker = Part(await docker);
            }
        }

        if (_options.HasPodman)
        {
            Podman = Part(await PodmanEngine.Start(Host, Folder, Tools));
            if (!_options.HasDocker)
            {
                await Podman.CallItDocker();
            }
        }

        SetRpFilter(_options.RpFilter);
        Tailscale = NewTailscale(_options.Layout);
        await Tailscale.Up(_options.Tailscale);
        Shell = Part(new LabShell(Host, Environment, _options.HasPodman ? Podman.Within : []));
    }

    private Tailscale NewTailscale(TailscaleLayout layout) =>
        new(Topology, Tunnel, layout, _options.TailscaleIptables ?? _options.Docker.Iptables, new(Tools.Folder));

    private void StartServers()
    {
        int[] ports = [Ports.Http, Ports.Dns, Ports.Https];
        Serve(Topology.Inet, ports, Place.Internet);
        Serve(Topology.Exit, ports, Place.Tailnet, Place.SubnetRoute);
        Serve(Topology.Exit, [Ports.Http, Ports.Https], Place.MagicDns);
        Resolver = Part(Resolver.Start(Topology.Inet));
        MagicDns = Part(MagicDns.Start(Topology, () => Tailscale.State));
        Serve(Topology.Lan, ports, Place.Lan);
        Serve(Host, [Ports.Host], Place.HostWan, Place.HostLan, Place.HostLoopback);
    }

    private void Serve(NetworkNamespace inside, int[] ports, params Place[] places) =>
        Part(SeenServer.Start(inside, places.SelectMany(place => (IPAddress[])[place.V4, place.V6]), ports));

    private T Part<T>(T part)
        where T : IAsyncDisposable
    {
        _parts.Push(part);
        return part;
    }
}
