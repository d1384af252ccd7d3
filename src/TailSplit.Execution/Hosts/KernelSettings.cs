using System.Collections.Immutable;
using System.Globalization;
using TailSplit.Core.Diagnosis;
using TailSplit.Core.Model;
using TailSplit.Core.Tracing;
using TailSplit.Execution.Files;

namespace TailSplit.Execution.Hosts;

/// <summary>The settings below /proc/sys/net that affect forwarding. Every user can read them.</summary>
internal sealed class KernelSettings(IHostFiles files)
{
    private const string IPv4 = "/proc/sys/net/ipv4/";
    private const string IPv6 = "/proc/sys/net/ipv6/";

    public bool? ReadForwarding() => IsOn(IPv4 + "ip_forward");

    public bool? ReadIPv6Forwarding() => IsOn(IPv6 + "conf/all/forwarding");

    public bool? ReadSrcValidMark() => IsOn(IPv4 + "conf/all/src_valid_mark");

    /// <summary>
    /// The value by interface. The kernel uses the larger of "all" and that of the interface
    /// (include/linux/inetdevice.h: IN_DEV_MAXCONF).
    /// </summary>
    public ImmutableSortedDictionary<string, ReversePathFilter> ReadReversePath()
    {
        int all = Number(IPv4 + "conf/all/rp_filter") ?? 0;
        return files.List(IPv4 + "conf")
            .Where(name => name is not ("all" or "default" or "lo"))
            .Select(name => (Name: name, Value: Number($"{IPv4}conf/{name}/rp_filter")))
            .Where(each => each.Value is not null)
            .ToImmutableSortedDictionary(
                each => each.Name,
                each => (ReversePathFilter)Math.Clamp(Math.Max(all, each.Value!.Value), 0, 2),
                StringComparer.Ordinal);
    }

    /// <summary>The settings for packets of a bridge; the usual ones for a bridge that does not exist.</summary>
    public BridgeSettings ReadBridge(IpFamily family, InterfaceName bridge)
    {
        string conf = (family == IpFamily.IPv4 ? IPv4 : IPv6) + "conf";
        string all = $"{conf}/all";
        string own = $"{conf}/{bridge}";
        if (!files.Exists(own))
            return new BridgeSettings();

        return new BridgeSettings
        {
            ReversePathFilter = family == IpFamily.IPv4
                ? Math.Max(Number($"{all}/rp_filter") ?? 0, Number($"{own}/rp_filter") ?? 0)
                : 0,
            ReversePathHeedsMark = IsOn($"{all}/src_valid_mark") == true || IsOn($"{own}/src_valid_mark") == true,
            Forwards = IsOn(family == IpFamily.IPv4 ? $"{own}/forwarding" : $"{all}/forwarding") ?? true,
            BridgedCrossFirewall = IsOn($"/proc/sys/net/bridge/bridge-nf-call-{family.Iptables()}") == true,
        };
    }

    private bool? IsOn(string path) => Number(path) is int value ? value != 0 : null;

    private int? Number(string path) =>
        int.TryParse(files.Read(path)?.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out int value)
            ? value
            : null;
}
