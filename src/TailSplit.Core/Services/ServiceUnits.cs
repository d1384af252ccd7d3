
namespace TailSplit.Core.Services;

/// <summary>
/// The texts of the units. docs/services.md explains each unit and its order.
/// </summary>
public static class ServiceUnits
{
    // Of a package, and of a snap. systemd passes over those that a host does not have.
    private const string Dockers = "docker.service snap.docker.dockerd.service";
    private const string Tailscales = "tailscaled.service snap.tailscale.tailscaled.service";

    // What any of the units may do at all. Modules: iptables-legacy loads its own (xtables_load_ko).
    private const string Fence = """
        CapabilityBoundingSet=CAP_NET_ADMIN CAP_NET_RAW CAP_SYS_MODULE CAP_DAC_READ_SEARCH
        NoNewPrivileges=yes
        LockPersonality=yes
        RestrictRealtime=yes
        RestrictSUIDSGID=yes
        SystemCallArchitectures=native
        UMask=0077
        """;

    // Not ProtectHome=yes: module, PowerShell and Docker's context may be in a home folder, where nothing is written.
    private const string InnerFence = $"""
        {Fence}
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

    // Podman without CAP_SYS_ADMIN takes itself for rootless (containers/storage pkg/unshare: HasCapSysAdmin), and
    // Podman 4.3 takes a lock in the folder of its networks. Bounding sets that follow each other add up
    // (systemd.exec(5)).
    private const string PodmanFence = $"""
        {InnerFence}
        CapabilityBoundingSet=CAP_SYS_ADMIN
        ReadWritePaths=-/etc/containers/networks
        """;

    // snap-confine makes mounts and namespaces, with capabilities of its own file: no fence lets it.
    private const string SnapFence = """
        LockPersonality=yes
        UMask=0077
        """;

    /// <summary>
    /// Closed at boot. After whatever loads a whole firewall, which would take ours away, and before the network and
    /// Docker. Neither stopping nor restarting it opens anything: it has no ExecStop. Not before docker.socket:
    /// firewalld comes after all sockets.
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
        {Fence}
        ProtectHome=yes
        ProtectSystem=full

        [Install]
        WantedBy=sysinit.target {Dockers}

        """;

    /// <summary>The full policies, once Docker and Tailscale can be asked.</summary>
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
        {FenceOf(command)}

        [Install]
        WantedBy=multi-user.target

        """;

    /// <summary>The watcher. It ends by itself only where it can't go on, and is started again.</summary>
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
        {FenceOf(command)}

        [Install]
        WantedBy=multi-user.target

        """;

    private static string FenceOf(ServiceCommand command) =>
        command.UsesSnaps ? SnapFence : command.UsesPodman ? PodmanFence : InnerFence;

    private static string Environment(ServiceCommand command) => string.Join('\n', command.Environment.Select(
        variable => $"Environment={UnitWord.Quote($"{variable.Key}={variable.Value}", expands: false)}"));
}
