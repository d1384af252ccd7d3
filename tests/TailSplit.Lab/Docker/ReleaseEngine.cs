namespace TailSplit.Lab;

/// <summary>
/// Another Debian release's dockerd, in a root of its own that is made once per machine and reused. What a lab mounts
/// there, it mounts in a namespace of its own: the root itself stays as it was made.
/// </summary>
internal sealed record ReleaseEngine(string Name, string Suite) : Engine(Name)
{
    // pivot_root, not chroot alone: docker exec enters a container at the root of its mount namespace, and that would
    // be the machine's. Docker import wants the root to be a mount point, besides.
    // $1 is the root, $2 the lab's folder, the rest dockerd's.
    private const string Enter =
        """
        set -e
        root=$1 lab=$2
        shift 2
        mount --bind "$root" "$root"
        for folder in proc sys dev; do mount --rbind "/$folder" "$root/$folder"; done
        for folder in run tmp; do mount -t tmpfs tmpfs "$root/$folder"; done
        mkdir -p "$root$lab"
        mount --bind "$lab" "$root$lab"
        mount --bind "$lab/resolv.conf" "$root/etc/resolv.conf"
        cd "$root"
        pivot_root . mnt
        umount --lazy mnt
        exec chroot . /usr/sbin/dockerd "$@"
        """;

    public required override bool Ip6TablesIsExperimental { get; init; }

    public override string? Missing =>
        Directory.Exists(Root) || File.Exists("/usr/sbin/debootstrap")
            ? null
            : "debootstrap is not there (apt-get install debootstrap)";

    private string Root => ReleaseRoot.PathOf(Suite);

    /// <exception cref="EngineUnavailableException">The release could not be fetched.</exception>
    public override Task Prepare() => ReleaseRoot.Prepare(Suite, Suite, "docker.io,iptables,iproute2");

    public override IReadOnlyList<string> Command(string labFolder, IReadOnlyList<string> arguments) =>
        ["unshare", "--mount", "--propagation", "slave", "sh", "-c", Enter, "sh", Root, labFolder, .. arguments];
}
