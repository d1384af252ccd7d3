namespace TailSplit.Lab;

/// <summary>What a machine has to have, and what to do where it has not.</summary>
internal static class LabRequirements
{
    private static readonly (string Program, string Package)[] s_programs =
    [
        ("ip", "iproute2"),
        ("nft", "nftables"),
        ("iptables-nft", "iptables"),
        ("iptables-legacy", "iptables"),
        ("conntrack", "conntrack"),
        ("socat", "socat"),
        ("nsenter", "util-linux"),
        ("docker", "docker.io"),
    ];

    /// <summary>The first thing that is missing, or null.</summary>
    public static string? Missing(LabOptions options)
    {
        if (!OperatingSystem.IsLinux() || !LibC.IsRoot)
        {
            return "this is not root on Linux (sudo)";
        }

        if (!File.Exists("/dev/net/tun"))
        {
            return "/dev/net/tun is not there";
        }

        if (!File.Exists(BoxImage.Busybox))
        {
            return $"{BoxImage.Busybox} is not there (apt-get install busybox-static)";
        }

        return s_programs
            .Where(needed => !IsOnPath(needed.Program))
            .Select(needed => $"'{needed.Program}' is not there (apt-get install {needed.Package})")
            .FirstOrDefault()
            ?? (options.HasDocker ? options.Docker.Engine.Missing : null)
            ?? (options.HasPodman ? PodmanEngine.Missing : null);
    }

    private static bool IsOnPath(string program) =>
        Environment.GetEnvironmentVariable("PATH")!
            .Split(':')
            .Any(folder => File.Exists(Path.Combine(folder, program)));
}
