using System.Net;
using System.Text.Json;

namespace TailSplit.Lab;

/// <summary>
/// A real dockerd inside the host's network namespace, with folders, socket and cgroups of its own. It is entered with
/// nsenter, as <c>ip netns exec</c> would mount a fresh /sys, and dockerd then finds no cgroups.
/// </summary>
public sealed class DockerDaemon : IAsyncDisposable
{
    private readonly NetworkNamespace _host;
    private DockerOptions _options;
    private readonly string _labFolder;
    private readonly IptablesTools _tools;
    private readonly List<Container> _seen = [];
    private BackgroundProgram? _daemon;

    private DockerDaemon(NetworkNamespace host, DockerOptions options, string labFolder, IptablesTools tools) =>
        (_host, _options, _labFolder, _tools) = (host, options, labFolder, tools);

    public Engine Engine => _options.Engine;

    /// <summary>For the environment variable DOCKER_HOST.</summary>
    public string Endpoint => $"unix://{_labFolder}/docker.sock";

    public string Log => _daemon?.Log ?? "";

    /// <summary>What dockerd is started with.</summary>
    internal IReadOnlyList<string> Arguments =>
    [
        $"--config-file={ConfigurationFile}",
        $"--data-root={_labFolder}/data",
        $"--exec-root={_labFolder}/exec",
        $"--pidfile={_labFolder}/docker.pid",
        $"--host={Endpoint}",
        "--exec-opt=native.cgroupdriver=cgroupfs",
        $"--cgroup-parent=/{CgroupParent}",
        $"--userland-proxy={(_options.UserlandProxy ? "true" : "false")}",
        $"--ip6tables={(_options.Ip6Tables ? "true" : "false")}",
        .. _options.Engine.Ip6TablesIsExperimental && _options.Ip6Tables ? (string[])["--experimental"] : [],
        .. _options.Dns.Select(server => $"--dns={server}"),
        .. _options.More,
    ];

    private string ConfigurationFile => $"{_labFolder}/daemon.json";

    private string CgroupParent => Path.GetFileName(_labFolder);

    public static async Task<DockerDaemon> Start(
        NetworkNamespace host, DockerOptions options, string labFolder, IptablesTools tools)
    {
        DockerDaemon daemon = new(host, options, labFolder, tools);
        try
        {
            await options.Engine.Prepare();
            Task<string> image = BoxImage.Write(labFolder);
            await daemon.Launch();
            await daemon.Docker("import", await image, BoxImage.Name);
            return daemon;
        }
        catch
        {
            await daemon.DisposeAsync();
            throw;
        }
    }

    public async Task<DockerNetwork> CreateNetwork(string name, NetworkOptions? options = null)
    {
        NetworkOptions wanted = options ?? new();
        ProgramOutput id = await Docker(["network", "create", .. wanted.Arguments, name]);
        return new(name, id.Output.Trim(), wanted);
    }

    public Task RemoveNetwork(string name) => Docker("network", "rm", name);

    /// <summary>Starts a container; it is killed at once where it has to stop.</summary>
    public async Task<Container> RunContainer(string name, ContainerOptions? options = null)
    {
        ContainerOptions wanted = options ?? new();
        string[] run = ["run", "--detach", "--stop-signal=KILL", $"--name={name}"];
        await Docker([.. run, .. wanted.Arguments, BoxImage.Name, .. wanted.Command]);
        foreach (string network in wanted.Networks.Skip(1))
        {
            await Docker("network", "connect", network, name);
        }

        return await Inspect(name);
    }

    public Task RemoveContainer(string name) => Docker("rm", "--force", name);

    /// <summary>A container as it runs now.</summary>
    public async Task<Container> Inspect(string name)
    {
        ProgramOutput output = await Docker("inspect", "--type=container", name);
        using JsonDocument document = JsonDocument.Parse(output.Output);
        JsonElement container = document.RootElement[0];
        int processId = container.GetProperty("State").GetProperty("Pid").GetInt32();
        if (processId == 0)
        {
            ProgramOutput log = await Docker("logs", name);
            throw new InvalidOperationException($"The container '{name}' does not run: {log.Output}{log.Error}");
        }

        Container inspected = new(
            name, container.GetProperty("Id").GetString()!, processId, NetworkNamespace.OfProcess(processId, name))
        {
            AddressesByNetwork = container.GetProperty("NetworkSettings").GetProperty("Networks").EnumerateObject()
                .ToDictionary(network => network.Name, network => Addresses(network.Value)),
        };
        inspected.Namespace.ForgoRepeats();
        _seen.Add(inspected);
        return inspected;
    }

    /// <summary>Runs the Docker client against this daemon, and throws where it fails.</summary>
    public async Task<ProgramOutput> Docker(params string[] arguments) => (await TryDocker(arguments)).OrThrow();

    public Task<ProgramOutput> TryDocker(params string[] arguments) =>
        Programs.TryRun("docker", ["--host", Endpoint, .. arguments]);

    /// <summary><c>systemctl restart docker</c>: containers end; those with a restart policy come back.</summary>
    public async Task Restart()
    {
        await Stop();
        await Launch();
    }

    /// <summary>A restart after its configuration was changed.</summary>
    public Task Restart(IReadOnlyList<string> dns)
    {
        _options = _options with { Dns = dns };
        return Restart();
    }

    public async Task Stop()
    {
        if (_daemon is { } running)
        {
            await running.Stop(Signal.Terminate);
            await running.DisposeAsync();
            _daemon = null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Stop();
        foreach (Container container in _seen)
        {
            await container.Namespace.DisposeAsync();
        }

        await Cgroups.Remove(CgroupParent);
    }

    private async Task Launch()
    {
        await File.WriteAllTextAsync(ConfigurationFile, Engine.Configuration(_labFolder));
        await File.WriteAllTextAsync($"{_labFolder}/resolv.conf", $"nameserver {Place.Internet.V4}\n");
        _daemon = BackgroundProgram.Start(
            "nsenter",
            [$"--net={_host.FilePath}", .. Engine.Command(_labFolder, Arguments)],
            new Dictionary<string, string> { ["PATH"] = _tools.SearchPath });
        await Wait.Until(
            async () => !_daemon.IsRunning
                || (File.Exists($"{_labFolder}/docker.sock") && (await TryDocker("version")).Succeeded),
            "dockerd to answer",
            TimeSpan.FromSeconds(30));
        if (!_daemon.IsRunning)
        {
            throw new InvalidOperationException($"dockerd ended at once: {_daemon.Log}");
        }
    }

    private static IReadOnlyList<IPAddress> Addresses(JsonElement network) =>
    [
        .. ((string[])["IPAddress", "GlobalIPv6Address"])
            .Select(name => network.GetProperty(name).GetString())
            .Where(address => !string.IsNullOrEmpty(address))
            .Select(address => IPAddress.Parse(address!)),
    ];
}
