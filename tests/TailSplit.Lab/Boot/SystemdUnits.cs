
namespace TailSplit.Lab.Boot;

/// <summary>What a machine's systemd finds besides the units of the service: Debian's own, and a tailscaled.</summary>
internal static class SystemdUnits
{
    private const string Installed = "/lib/systemd/system";

    // What a boot to multi-user.target needs, and no more: nothing in there is to touch this machine's devices.
    private static readonly string[] s_debians =
    [
        "sysinit.target", "local-fs-pre.target", "local-fs.target", "swap.target", "basic.target", "sockets.target",
        "slices.target", "paths.target", "timers.target", "network-pre.target", "network.target",
        "network-online.target", "multi-user.target", "shutdown.target", "umount.target", "final.target",
        "rescue.target", "emergency.target", "systemd-journald.service", "systemd-journald.socket",
        "systemd-journald-dev-log.socket", "nftables.service", "docker.service", "docker.socket",
    ];

    // As tailscale's own unit has it, over the lab's tunnel.
    private static readonly string s_tailscaled =
        $"""
        [Unit]
        Description=Tailscale node agent
        Wants=network-pre.target
        After=network-pre.target NetworkManager.service systemd-resolved.service

        [Service]
        ExecStart={string.Join(' ', Tunnel.HostSide)}
        ExecStartPost=/bin/sh /etc/tailscaled/up.sh
        Restart=on-failure

        """;

    private const string JournalInMemory = "[Journal]\nStorage=volatile\nReadKMsg=no\nAudit=\n";

    // As Debian's own begins: what is in force already is gone.
    private const string Nftables = "#!/usr/sbin/nft -f\nflush ruleset\n";

    /// <summary>What is missing, or null.</summary>
    public static string? Missing => s_debians
        .Select(unit => $"{Installed}/{unit}")
        .Where(path => !File.Exists(path))
        .Select(path => $"{path} is not there (apt-get install systemd nftables docker.io)")
        .FirstOrDefault();

    /// <summary>Writes them, and an /etc in which nothing of this machine's own is started.</summary>
    public static async Task Write(Lab lab, string etc)
    {
        string units = $"{lab.Folder}/units";
        Directory.CreateDirectory(units);
        foreach (string unit in s_debians)
        {
            File.Copy($"{Installed}/{unit}", $"{units}/{unit}");
        }

        await File.WriteAllLinesAsync($"{units}/docker.service", Docker(lab.Docker));
        await File.WriteAllTextAsync($"{units}/tailscaled.service", s_tailscaled);
        Want("sysinit.target", "systemd-journald.service", "nftables.service");
        Want("sockets.target", "systemd-journald.socket", "systemd-journald-dev-log.socket", "docker.socket");
        Want("multi-user.target", "docker.service", "tailscaled.service");

        Directory.Delete($"{etc}/systemd", recursive: true);
        Directory.CreateDirectory($"{etc}/systemd/system");
        await File.WriteAllTextAsync($"{etc}/systemd/journald.conf", JournalInMemory);
        await File.WriteAllTextAsync($"{etc}/nftables.conf", Nftables);
        await File.WriteAllTextAsync($"{etc}/fstab", "");
        File.Delete($"{etc}/resolv.conf");
        File.Copy($"{lab.Folder}/resolv.conf", $"{etc}/resolv.conf");
        await WriteTailscaled(lab, $"{etc}/tailscaled");

        void Want(string target, params string[] wanted)
        {
            Directory.CreateDirectory($"{units}/{target}.wants");
            foreach (string unit in wanted)
            {
                File.CreateSymbolicLink($"{units}/{target}.wants/{unit}", $"../{unit}");
            }
        }
    }

    // The installed unit, with the lab's folders but for what is in /run, which is gone after a power cut; dockerd has
    // a containerd of its own.
    private static IEnumerable<string> Docker(DockerDaemon docker) => File.ReadLines($"{Installed}/docker.service")
        .Select(line => line.StartsWith("ExecStart=", StringComparison.Ordinal)
            ? $"ExecStart=/usr/sbin/dockerd --host=fd:// --log-level=warn {string.Join(' ', Lasting(docker.Arguments))}"
            : line.Replace("containerd.service", "", StringComparison.Ordinal));

    private static IEnumerable<string> Lasting(IEnumerable<string> arguments) => arguments.Where(argument =>
        !argument.StartsWith("--exec-root=", StringComparison.Ordinal)
        && !argument.StartsWith("--pidfile=", StringComparison.Ordinal));

    // What the lab's Tailscale has written by now, for a boot to write again.
    private static async Task WriteTailscaled(Lab lab, string folder)
    {
        Directory.CreateDirectory(folder);
        TailscaleChains chains = new(lab.Tailscale.Layout);
        foreach (bool v6 in (bool[])[false, true])
        {
            string family = v6 ? "-6" : "-4";
            ProgramOutput routes = await lab.Host.Run("ip", [family, "route", "show", "table", "52"]);
            IEnumerable<string> batch =
            [
                .. lab.Tailscale.Layout.RoutingRules.Select(rule => $"rule add {rule}"),
                .. routes.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
                    .Select(route => $"route add {route} table 52"),
            ];
            await File.WriteAllLinesAsync($"{folder}/ip{family}", batch);
            await File.WriteAllTextAsync($"{folder}/iptables{family}", chains.Up(v6) + "\n");
        }

        foreach (string answer in Directory.GetFiles(lab.Tools.Folder, "tailscale-*.json"))
        {
            File.Copy(answer, Path.Combine(folder, Path.GetFileName(answer)));
        }

        string script =
            $"""
            set -e
            cd /etc/tailscaled
            for step in $(seq 100); do ip link show {Tunnel.Interface} >/dev/null 2>&1 && break; sleep 0.1; done
            ip link set {Tunnel.Interface} up mtu 1280
            ip addr replace {Place.HostTailnet.V6}/128 dev {Tunnel.Interface} nodad
            ip -4 -batch ip-4
            ip -6 -batch ip-6
            iptables-restore --noflush --wait < iptables-4
            ip6tables-restore --noflush --wait < iptables-6
            cp tailscale-*.json {lab.Tools.Folder}

            """;
        await File.WriteAllTextAsync($"{folder}/up.sh", script);
    }
}
