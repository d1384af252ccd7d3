using TailSplit.Lab.Transitions;

namespace TailSplit.Lab.Boot;

/// <summary>
/// A host that is started again and again: its service is registered, its container is to be up at all times and floods
/// from its first instant on. What the units name is run as systemd would, with the host's own /etc.
/// </summary>
public abstract class BootLab(LabOptions options) : LabFixture(options)
{
    public const string EarlyUnit = "tailsplit-early.service";
    public const string SyncUnit = "tailsplit.service";
    public const string WatchUnit = "tailsplit-watch.service";
    public const string Docker = "docker.service";
    public const string Tailscaled = "tailscaled.service";

    // The machine's own /etc with ours in it, for this program alone.
    private const string WithItsEtc = """mount --bind "$0/etc" /etc && exec "$@" """;

    public DockerNetwork Torrents { get; private set; } = null!;

    /// <summary>The root folder that the service is registered in.</summary>
    public string Root => Path.Combine(Lab.Folder, "root");

    internal UnitFile Unit(string name) => UnitFile.Read($"{Root}/etc/systemd/system/{name}");

    /// <summary>
    /// Everything is gone that does not outlast a reboot: processes, rules of everybody, bridges, connections.
    /// </summary>
    public async Task PowerOff()
    {
        await Lab.Docker.Stop();
        await Lab.Host.TryRun("nft", ["flush", "ruleset"]);
        foreach (string family in (string[])["iptables", "ip6tables"])
        {
            foreach (string table in (string[])["filter", "nat", "mangle", "raw"])
            {
                await Lab.Host.TryRun($"{family}-legacy-restore", [], $"*{table}\nCOMMIT\n");
            }
        }

        // After the firewall: its chains can't be taken out of hooks that a test has flushed.
        if (Lab.Tailscale.IsUp)
        {
            await Lab.Tailscale.Stop();
        }

        await Lab.Tunnel.Crash();
        Lab.Host.SetSysctl("net.ipv4.conf.all.src_valid_mark", 0);

        foreach (string family in (string[])["-4", "-6"])
        {
            await Lab.Host.TryRun("ip", [family, "rule", "flush"]);
            await Lab.Host.TryRun("ip", [family, "rule", "add", "pref", "32766", "lookup", "main"]);
        }

        await Lab.Host.TryRun("ip", ["rule", "add", "pref", "32767", "lookup", "default"]);
        foreach (string bridge in (string[])[Torrents.Bridge, "docker0"])
        {
            await Lab.Host.TryRun("ip", ["link", "delete", bridge]);
        }

        await Lab.Host.TryRun("conntrack", ["-F"]);
        Assert.DoesNotContain("tailsplit", await Lab.Snapshot(), StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Starts one unit: ours by what its file names, other people's by what they are.</summary>
    public async Task Start(string unit)
    {
        switch (unit)
        {
            case Docker:
                await Lab.Docker.Restart();
                break;
            case Tailscaled:
                await Lab.Tunnel.Up();
                await Lab.Tailscale.Up();
                break;
            default:
                ProgramOutput output = await Programs.TryRun(
                    "nsenter", Enter(Unit(unit)), environment: EnvironmentOf(Unit(unit)));
                Assert.True(output.Succeeded, $"{unit}: {output.Output}{output.Error}");
                break;
        }
    }

    /// <summary>Starts a unit that runs on.</summary>
    internal BackgroundProgram StartInBackground(string unit) => BackgroundProgram.Start(
        "nsenter", Enter(Unit(unit)), EnvironmentOf(Unit(unit)).ToDictionary(
            variable => variable.Key, variable => variable.Value ?? ""));

    /// <summary>Runs a script at the host's prompt; errors and warnings fail the test.</summary>
    public async Task<string> Run(string script) => (await Lab.Shell.Run(script)).OrThrow().Output;

    /// <summary>A policy's state; empty where there is no such policy.</summary>
    public async Task<string> StateOf(string policy) => (await Run($"(Get-TailSplitPolicy {policy}*).State")).Trim();

    /// <summary>Waits until the container has sent so many packets more.</summary>
    public Task Sent() => Flood.UntilSent(Lab, Torrents.Bridge, 100);

    protected override async Task Prepare(Lab lab)
    {
        await lab.Tailscale.Set(new(ExitNode: false));
        Torrents = await lab.CreateNetwork(
            "torrents", new() { Subnet = "172.30.2.0/24", SubnetV6 = "2001:db8:d:2::/64" });
        await lab.RunContainer("flood", Flood.In("torrents"));
        Directory.CreateDirectory(Root);
        await Programs.Run("cp", ["--archive", "/etc", Root]);
        Directory.CreateDirectory($"{Root}/etc/systemd/system");
        await Register();
    }

    /// <summary>Puts the policy in force, and the service into <see cref="Root"/>.</summary>
    protected virtual async Task Register()
    {
        await Run("New-TailSplitKillswitch torrents | Out-Null");
        // Its root has neither PowerShell nor the module, which is a warning.
        await Run($"Register-TailSplitService -Root '{Root}' -Watch -WarningAction SilentlyContinue | Out-Null");
    }

    private IReadOnlyList<string> Enter(UnitFile unit) =>
    [
        $"--net={Lab.Host.FilePath}", "unshare", "--mount", "--propagation", "slave", "sh", "-c", WithItsEtc, Root,
        .. unit.Command
    ];

    private Dictionary<string, string?> EnvironmentOf(UnitFile unit)
    {
        Dictionary<string, string?> all = new(Lab.Environment);
        foreach ((string name, string? value) in unit.Environment)
        {
            all[name] = value;
        }

        return all;
    }
}

public sealed class NfTablesBootLab() : BootLab(new());

public sealed class LegacyBootLab() : BootLab(new() { Docker = new() { Iptables = IptablesVariant.Legacy } });

public sealed class OwnTableBootLab() : BootLab(new() { Backend = FirewallBackend.Nftables });
