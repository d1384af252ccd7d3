namespace TailSplit.Tests.Fakes;

/// <summary>Kernel settings as Debian, Docker and Tailscale leave them.</summary>
internal static class UsualFiles
{
    public static void Write(FakeFiles files)
    {
        files["/proc/sys/net/ipv4/ip_forward"] = "1\n";
        files["/proc/sys/net/ipv6/conf/all/forwarding"] = "1\n";
        files["/proc/sys/net/ipv4/conf/all/src_valid_mark"] = "1\n";
        files["/proc/sys/net/ipv4/conf/all/rp_filter"] = "0\n";
        foreach (string name in (string[])["default", "lo", "eth0", "docker0", "tailscale0"])
            files[$"/proc/sys/net/ipv4/conf/{name}/rp_filter"] = "2\n";
    }
}
