using System.Collections.Immutable;
using System.Globalization;
using TailSplit.Core.Hosts;
using TailSplit.Core.Kernel;
using TailSplit.Core.Model;
using TailSplit.Execution.Files;

namespace TailSplit.Execution.Hosts;

/// <summary>The settings below /proc/sys/net that affect forwarding. Every user can read them.</summary>
internal sealed class KernelSettings(IHostFiles files)
{
    private const string IPv4 = "/proc/sys/net/ipv4/";
    private const string IPv6 = "/proc/sys/net/ipv6/";

    public HostKernel Read(HostScope scope, Host host, UnreadParts unread)
    {
        HostKernel kernel = scope.HasTraffic ? new HostKernel { Bridges = ReadBridges(host) } : new HostKernel();
        return !scope.HasSurroundings ? kernel : kernel with
        {
            ReversePath = unread.Try("The reverse path check", ReadReversePath) ?? kernel.ReversePath,
            SrcValidMark = unread.Try("src_valid_mark", () => IsOn(IPv4 + "conf/all/src_valid_mark")),
            Forwards = unread.Try("ip_forward", () => IsOn(IPv4 + "ip_forward")),
            ForwardsIPv6 = unread.Try("IPv6 forwarding", () => IsOn(IPv6 + "conf/all/forwarding")),
        };
    }

    /// <summary>
    /// The value by interface. The kernel uses the larger of "all" and that of the interface
    /// (include/linux/inetdevice.h: IN_DEV_MAXCONF).
    /// </summary>
    private ImmutableSortedDictionary<string, ReversePathFilter> ReadReversePath()
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

    // Packets of containers enter by a bridge, not by its ports.
    private ImmutableDictionary<(IpFamily, InterfaceName), BridgeSettings> ReadBridges(Host host) =>
        (from family in host.Environment.Families
         from link in host.Routing.Interfaces
         where link.Kind != "veth" && InterfaceName.TryParse(link.Name, out _)
         let bridge = InterfaceName.Parse(link.Name)
         let settings = ReadBridge(family, bridge)
         where settings is not null
         select (Key: (family, bridge), Settings: settings))
            .ToImmutableDictionary(each => each.Key, each => each.Settings);

    private BridgeSettings? ReadBridge(IpFamily family, InterfaceName bridge)
    {
        string conf = (family == IpFamily.IPv4 ? IPv4 : IPv6) + "conf";
        string all = $"{conf}/all";
        string own = $"{conf}/{bridge}";
        if (!files.Exists(own))
            return null;

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
