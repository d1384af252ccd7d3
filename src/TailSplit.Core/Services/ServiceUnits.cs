
namespace TailSplit.Core.Services;

/// <summary>
/// The texts of the units. docs/services.md explains each unit and its order.
/// </summary>
public static class ServiceUnits
{
    // From packages and from snaps. systemd ignores units that do not exist.
    private const string Dockers = "docker.service snap.docker.dockerd.service";
    private const string Tailscales = "tailscaled.service snap.tailscale.tailscaled.service";

    // The sandbox of all units. CAP_SYS_MODULE: iptables-legacy loads its modules itself (xtables_load_ko).
    private const string BaseSandbox = """
        CapabilityBoundingSet=CAP_NET_ADMIN CAP_NET_RAW CAP_SYS_MODULE CAP_DAC_READ_SEARCH
        NoNewPrivileges=yes
        LockPersonality=yes
        RestrictRealtime=yes
        RestrictSUIDSGID=yes
        SystemCallArchitectures=native
        UMask=0077
        """;

    // Not ProtectHome=yes: the module, PowerShell and Docker's context may be in a home folder, and are only read.
    private const string UnitSandbox = $"""
        {BaseSandbox}
        PrivateTmp=yes
        ProtectSystem=full
        ProtectHome=read-only
        ProtectControlGroups=yes
        ProtectKernelTunables=yes
        ProtectKernelLogs=yes
        ProtectClock=yes
        ProtectHostname=yes
        RestrictAddressFamilies=AF_UNIX AF_NETLINK AF_INET AF_INET6
        RestrictNamespaces=yes
        """;

    // Without CAP_SYS_ADMIN Podman runs as rootless (containers/storage pkg/unshare: HasCapSysAdmin), and Podman 4.3
    // writes a lock to the folder of its networks. systemd merges several bounding sets (systemd.exec(5)).
    private const string PodmanSandbox = $"""
        {UnitSandbox}
        CapabilityBoundingSet=CAP_SYS_ADMIN
        ReadWritePaths=-/etc/containers/networks
        """;

    // snap-confine creates mounts and namespaces with file capabilities, which a sandbox would prevent.
    private const string SnapSandbox = """
        LockPersonality=yes
        UMask=0077
        """;

    /// <summary>
    /// Closes killswitch networks at boot. It runs after every service that loads a whole firewall, which would remove
    /// TailSplit's rules, and before the network and Docker. Stopping or restarting it opens nothing, since it has no
    /// ExecStop=. It can't run before docker.socket, since firewalld starts after all sockets.
    /// </summary>
    public static string Early() => $"""
        [Unit]
        Description=TailSplit: close killswitch networks before the network and Docker start
        DefaultDependencies=no
        RequiresMountsFor={ServiceLayout.Folder}
        Wants=network-pre.target
        After=local-fs.target systemd-modules-load.service
        After=nftables.service netfilter-persistent.service iptables.service ip6tables.service ufw.service firewalld.service
        Before=network-pre.target network.target {Dockers} shutdown.target
        Conflicts=shutdown.target

        [Service]
        Type=oneshot
        RemainAfterExit=yes
        ExecStart=/bin/sh {ServiceLayout.Script}
        TimeoutStartSec=60
        {BaseSandbox}
        ProtectHome=yes
        ProtectSystem=full

        [Install]
        WantedBy=sysinit.target {Dockers}

        """;

    /// <summary>Applies all policies after Docker and Tailscale have started.</summary>
    public static string Sync(ServiceCommand command, bool byLabel) => $"""
        [Unit]
        Description=TailSplit: apply the policies of {ServiceLayout.PolicyFile}
        After={ServiceLayout.EarlyUnit} {Dockers} {Tailscales} systemd-networkd.service NetworkManager.service network.target
        Wants={ServiceLayout.EarlyUnit}
        StartLimitIntervalSec=600
        StartLimitBurst=10

        [Service]
        Type=oneshot
        RemainAfterExit=yes
        {Environment(command)}
        ExecStart={command.Line($"Sync-TailSplitPolicy -Path {ServiceCommand.Literal(ServiceLayout.PolicyFile)} | Out-Null; $file = $?{(byLabel ? "; Sync-TailSplitPolicy | Out-Null; $label = $?; exit [int](-not ($file -and $label))" : "; exit [int](-not $file)")}")}
        Restart=on-failure
        RestartSec=15
        TimeoutStartSec=180
        {SandboxOf(command)}

        [Install]
        WantedBy=multi-user.target

        """;

    /// <summary>Runs the watcher. If it can't continue, it exits and systemd restarts it.</summary>
    public static string Watch(ServiceCommand command, bool byLabel) => $"""
        [Unit]
        Description=TailSplit: watch policies and repair them
        After={ServiceLayout.SyncUnit} {Dockers} {Tailscales}
        StartLimitIntervalSec=0

        [Service]
        Type=exec
        {Environment(command)}
        ExecStart={command.Line($"Watch-TailSplitPolicy -Path {ServiceCommand.Literal(ServiceLayout.PolicyFile)}{(byLabel ? " -Label" : "")} | ForEach-Object {{ \"$_\" }}")}
        Restart=always
        RestartSec=2
        KillMode=mixed
        TimeoutStopSec=15
        SuccessExitStatus=143
        {SandboxOf(command)}

        [Install]
        WantedBy=multi-user.target

        """;

    private static string SandboxOf(ServiceCommand command) =>
        command.UsesSnaps ? SnapSandbox : command.UsesPodman ? PodmanSandbox : UnitSandbox;

    private static string Environment(ServiceCommand command) => string.Join('\n', command.Environment.Select(
        variable => $"Environment={UnitWord.Quote($"{variable.Key}={variable.Value}", expands: false)}"));
}
