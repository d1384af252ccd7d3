using System.Globalization;
using System.Net;
using System.Text.Json;

namespace TailSplit.Lab;

/// <summary>
/// Debian's real podman as root, with netavark and aardvark-dns, for the host's network namespace. It has no daemon: a
/// mount namespace of the lab's own holds its folders, where root's Podman has them by itself.
/// </summary>
public sealed class PodmanEngine : IAsyncDisposable
{
    private const string Program = "/usr/bin/podman";

    // The machine's policy.json and registries stay readable. /run/containers is where netavark starts aardvark-dns.
    private const string Enter =
        """
        set -e
        lab=$1
        mkdir -p "$lab/podman/etc" "$lab/podman/run" /run/containers
        cp -r /etc/containers/. "$lab/podman/etc"
        mkdir -p "$lab/podman/etc/networks"
        mount --bind "$lab/podman/etc" /etc/containers
        mount --bind "$lab/podman/run" /run/containers
        mount --bind "$lab/resolv.conf" /etc/resolv.conf
        echo ready
        exec sleep infinity
        """;

    private readonly NetworkNamespace _host;
    private readonly string _labFolder;
    private readonly IptablesTools _tools;
    private readonly List<Container> _seen = [];
    private BackgroundProgram? _holder;

    private PodmanEngine(NetworkNamespace host, string labFolder, IptablesTools tools) =>
        (_host, _labFolder, _tools) = (host, labFolder, tools);

    /// <summary>Why it cannot run here, or null.</summary>
    public static string? Missing =>
        ((string[])[Program, "/usr/lib/podman/netavark", "/usr/lib/podman/aardvark-dns"])
            .Where(program => !File.Exists(program))
            .Select(program => $"{program} is not there (apt-get install podman netavark aardvark-dns runc)")
            .FirstOrDefault();

    /// <summary>Podman with its options, as a shell reads it.</summary>
    internal string Command
    {
        get
        {
            string data = $"{_labFolder}/podman";
            return $"{Program} --runtime runc --root {data}/root --runroot {data}/runroot --tmpdir {data}/tmp "
                + "--network-backend netavark --cgroup-manager cgroupfs --events-backend file --storage-driver vfs";
        }
    }

    /// <summary>A command that starts another one among Podman's folders.</summary>
    internal string[] Within => ["nsenter", $"--mount=/proc/{_holder!.Id}/ns/mnt"];

    public static async Task<PodmanEngine> Start(NetworkNamespace host, string labFolder, IptablesTools tools)
    {
        PodmanEngine engine = new(host, labFolder, tools);
        try
        {
            await engine.Launch();
            return engine;
        }
        catch
        {
            await engine.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Makes the name <c>docker</c> mean Podman, as Debian's package podman-docker does (its script, but for the path).
    /// </summary>
    public Task CallItDocker() => Write("docker",
        """
        echo "Emulate Docker CLI using podman. Create /etc/containers/nodocker to quiet msg." >&2
        exec podman "$@"
        """);

    /// <summary>Runs podman, and throws where it fails.</summary>
    public async Task<ProgramOutput> Podman(params string[] arguments) => (await TryPodman(arguments)).OrThrow();

    public Task<ProgramOutput> TryPodman(params string[] arguments) => Programs.TryRun(
        "nsenter", [$"--net={_host.FilePath}", $"{_tools.Folder}/podman", .. arguments],
        environment: new Dictionary<string, string?> { ["PATH"] = _tools.SearchPath });

    public async Task<PodmanNetwork> CreateNetwork(
        string name, string subnet, string subnetV6, IReadOnlyDictionary<string, string>? labels = null)
    {
        await Podman(
        [
            "network", "create", "--ipv6", $"--subnet={subnet}", $"--subnet={subnetV6}",
            .. (labels ?? new Dictionary<string, string>()).Select(label => $"--label={label.Key}={label.Value}"), name,
        ]);
        ProgramOutput output = await Podman("network", "inspect", name);
        using JsonDocument document = JsonDocument.Parse(output.Output);
        JsonElement network = document.RootElement[0];
        return new(
            name, network.GetProperty("id").GetString()!, network.GetProperty("network_interface").GetString()!);
    }

    public Task RemoveNetwork(string name) => Podman("network", "rm", name);

    /// <summary>Starts a container. It is killed at once where it has to stop.</summary>
    public async Task<Container> RunContainer(string name, ContainerOptions options)
    {
        // The kernel of a lab may allow no more than this machine's own limits.
        string[] run =
        [
            "run", "--detach", "--stop-signal=KILL", $"--name={name}", $"--cgroup-parent=/{Path.GetFileName(_labFolder)}",
            "--ulimit=nofile=1024:1024", "--ulimit=nproc=1024:1024",
        ];
        await Podman([.. run, .. options.Arguments, BoxImage.Name, .. options.Command]);
        return await Inspect(name);
    }

    public Task RemoveContainer(string name) => Podman("rm", "--force", "--time=0", name);

    public async ValueTask DisposeAsync()
    {
        if (_holder is { } holder)
        {
            try
            {
                await EndContainers(holder.Id);
            }
            finally
            {
                await holder.DisposeAsync();
                _holder = null;
            }
        }

        await Cgroups.Remove(Path.GetFileName(_labFolder));
    }

    private async Task EndContainers(int holder)
    {
        await TryPodman("rm", "--force", "--all", "--time=0");
        foreach (Container container in _seen)
        {
            await container.Namespace.DisposeAsync();
        }

        // What a container leaves (conmon, and the podman that it starts for its end) and the name server end by
        // themselves. Later they would write to folders that are gone.
        string space = SpaceOf(holder);
        await Wait.Until(() => Others(space, holder).Length == 0, "Podman's programs to end");
    }

    private async Task Launch()
    {
        await File.WriteAllTextAsync($"{_labFolder}/resolv.conf", $"nameserver {Place.Resolver.V4}\n");
        // In the host's network namespace, so that it is found among what a killed run left.
        BackgroundProgram holder = _holder = BackgroundProgram.Start(
            "nsenter",
            [
                $"--net={_host.FilePath}", "unshare", "--mount", "--propagation", "slave", "sh", "-c", Enter, "sh", _labFolder,
            ]);
        await Wait.Until(
            () => !holder.IsRunning || holder.Log.Contains("ready", StringComparison.Ordinal), "Podman's folders");
        await Write("podman", $"exec {string.Join(' ', Within)} {Command} \"$@\"");
        await Podman("import", await BoxImage.Write(_labFolder), BoxImage.Name);
    }

    private async Task<Container> Inspect(string name)
    {
        ProgramOutput output = await Podman("container", "inspect", name);
        using JsonDocument document = JsonDocument.Parse(output.Output);
        JsonElement container = document.RootElement[0];
        int processId = container.GetProperty("State").GetProperty("Pid").GetInt32();
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

    private static IReadOnlyList<IPAddress> Addresses(JsonElement network) =>
    [
        .. ((string[])["IPAddress", "GlobalIPv6Address"])
            .Select(name => network.GetProperty(name).GetString())
            .Where(address => !string.IsNullOrEmpty(address))
            .Select(address => IPAddress.Parse(address!)),
    ];

    private static int[] Others(string space, int holder) =>
    [
        .. Directory.GetDirectories("/proc")
            .Select(folder => int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out int id) ? id : 0)
            .Where(id => id != 0 && id != holder && SpaceOf(id) == space),
    ];

    // The mount namespace of a process. It can end meanwhile, or be one that nobody may look into.
    private static string SpaceOf(int process)
    {
        try
        {
            return File.ResolveLinkTarget($"/proc/{process}/ns/mnt", returnFinalTarget: false)?.Name ?? "";
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private async Task Write(string program, string script)
    {
        string path = Path.Combine(_tools.Folder, program);
        await File.WriteAllTextAsync(path, $"#!/bin/sh\n{script}\n");
        File.SetUnixFileMode(
            path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
