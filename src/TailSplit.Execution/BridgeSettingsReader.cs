using TailSplit.Core.Model;
using TailSplit.Core.Tracing;

namespace TailSplit.Execution;

/// <summary>Reads the kernel's settings for a bridge from /proc/sys/net, which anybody may.</summary>
internal static class BridgeSettingsReader
{
    public static BridgeSettings Read(IpFamily family, InterfaceName bridge)
    {
        string conf = $"/proc/sys/net/{(family == IpFamily.IPv4 ? "ipv4" : "ipv6")}/conf";
        // Of an interface that is not there nothing is known; what is usual is assumed.
        if (!Directory.Exists($"{conf}/{bridge}"))
            return new BridgeSettings();

        string all = $"{conf}/all";
        string own = $"{conf}/{bridge}";
        string filter = family == IpFamily.IPv4 ? "bridge-nf-call-iptables" : "bridge-nf-call-ip6tables";
        return new BridgeSettings
        {
            ReversePathFilter = family == IpFamily.IPv4
                ? Math.Max(Number($"{all}/rp_filter", 0), Number($"{own}/rp_filter", 0))
                : 0,
            ReversePathHeedsMark = Number($"{all}/src_valid_mark", 0) + Number($"{own}/src_valid_mark", 0) > 0,
            Forwards = Number(family == IpFamily.IPv4 ? $"{own}/forwarding" : $"{all}/forwarding", 1) > 0,
            BridgedCrossFirewall = Number($"/proc/sys/net/bridge/{filter}", 0) > 0,
        };
    }

    private static int Number(string path, int absent) =>
        File.Exists(path) && int.TryParse(File.ReadAllText(path).AsSpan().Trim(), out int value) ? value : absent;
}
