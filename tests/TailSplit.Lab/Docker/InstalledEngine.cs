namespace TailSplit.Lab;

/// <summary>The machine's own dockerd.</summary>
internal sealed record InstalledEngine() : Engine("Bookworm")
{
    private const string Program = "/usr/sbin/dockerd";

    // $1 is the lab's folder, the rest dockerd's.
    private const string Enter =
        """
        set -e
        lab=$1
        shift
        mount --bind "$lab/resolv.conf" /etc/resolv.conf
        exec /usr/sbin/dockerd "$@"
        """;

    public override string? Missing =>
        File.Exists(Program) ? null : $"{Program} is not there (apt-get install docker.io)";

    public override bool Ip6TablesIsExperimental { get; init; } = true;

    // Up to 20.10 dockerd writes a key to /etc/docker; the option is for the file alone.
    public override string Configuration(string labFolder) =>
        $$"""{ "deprecated-key-path": "{{labFolder}}/key.json" }""";

    public override IReadOnlyList<string> Command(string labFolder, IReadOnlyList<string> arguments) =>
        ["unshare", "--mount", "--propagation", "slave", "sh", "-c", Enter, "sh", labFolder, .. arguments];
}
