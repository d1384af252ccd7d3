namespace TailSplit.Lab;

/// <summary>The machine's own dockerd.</summary>
internal sealed record InstalledEngine() : Engine("Bookworm")
{
    private const string Program = "/usr/sbin/dockerd";

    public override string? Missing => File.Exists(Program) ? null : $"{Program} is not there (apt-get install docker.io)";

    public override bool Ip6TablesIsExperimental { get; init; } = true;

    public override IReadOnlyList<string> Command(string labFolder, IReadOnlyList<string> arguments) =>
        ["unshare", "--mount", "--propagation", "slave", Program, .. arguments];
}
