namespace TailSplit.Execution.Programs;

/// <summary>The Debian package that a program comes from.</summary>
internal static class ProgramPackage
{
    public static string Of(string program) => program switch
    {
        "ip" => "iproute2",
        "docker" => "docker.io",
        "conntrack" => "conntrack",
        "tailscale" => "tailscale",
        "sudo" => "sudo",
        "flock" => "util-linux",
        _ when program.StartsWith("iptables", StringComparison.Ordinal) => "iptables",
        _ when program.StartsWith("ip6tables", StringComparison.Ordinal) => "iptables",
        _ => program,
    };
}
