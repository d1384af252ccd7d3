using TailSplit.Core.Model;

namespace TailSplit.Core.Services;

/// <summary>The paths of the service's files on the host that runs them.</summary>
public static class ServiceLayout
{
    public const string Folder = "/etc/tailsplit";

    public const string UnitFolder = "/etc/systemd/system";

    public const string PolicyFile = $"{Folder}/policy.json";

    public const string Script = $"{Folder}/early.sh";

    public const string EarlyUnit = "tailsplit-early.service";

    public const string SyncUnit = "tailsplit.service";

    public const string WatchUnit = "tailsplit-watch.service";

    /// <summary>Every unit.</summary>
    public static IReadOnlyList<string> Units { get; } = [EarlyUnit, SyncUnit, WatchUnit];

    /// <summary>
    /// Every file, in the order of writing: units last, since they name the others.
    /// </summary>
    public static IReadOnlyList<string> Files { get; } =
    [
        PolicyFile,
        InFolder(Restore(IpFamily.IPv4)),
        InFolder(Restore(IpFamily.IPv6)),
        InFolder(Batch(IpFamily.IPv4)),
        InFolder(Batch(IpFamily.IPv6)),
        InFolder(Nftables),
        Script,
        .. Units.Select(UnitFile),
    ];

    /// <summary>The name of the file with the rules of the table <c>inet tailsplit</c>.</summary>
    public const string Nftables = "early.nft";

    /// <summary>
    /// The links by which systemd starts a unit. <c>systemctl enable</c> creates them from the [Install] section.
    /// </summary>
    public static IEnumerable<string> Links(string unit) => (unit switch
    {
        EarlyUnit => (string[])["sysinit.target", "docker.service", "snap.docker.dockerd.service"],
        _ => ["multi-user.target"],
    }).Select(wanting => $"{UnitFolder}/{wanting}.wants/{unit}");

    public static string UnitFile(string unit) => $"{UnitFolder}/{unit}";

    public static string InFolder(string name) => $"{Folder}/{name}";

    /// <summary>The name of the file with a family's firewall rules.</summary>
    public static string Restore(IpFamily family) => family == IpFamily.IPv4 ? "early.iptables" : "early.ip6tables";

    /// <summary>The name of the file with a family's ip rules.</summary>
    public static string Batch(IpFamily family) => family == IpFamily.IPv4 ? "early.ip-rule" : "early.ip6-rule";
}
