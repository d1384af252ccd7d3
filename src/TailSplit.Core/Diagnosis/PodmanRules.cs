using TailSplit.Core.Hosts;
using TailSplit.Core.Iptables;
using TailSplit.Core.Model;

namespace TailSplit.Core.Diagnosis;

/// <summary>The state of the rules that Podman itself writes (netavark).</summary>
internal static class PodmanRules
{
    /// <summary>Writes the rules of all running containers again; it stops none (podman-network-reload(1)).</summary>
    public const string Reload = "podman network reload --all";

    private const string Prefix = "NETAVARK";

    /// <summary>
    /// Whether netavark's rules can be seen: its chains in iptables, or the table of its other driver, nftables. After
    /// a flush it is not known by which it writes.
    /// </summary>
    public static bool AreShown(Host host) =>
        host.Firewall.Native.Ruleset.Has("inet", "netavark") || IpFamilies.All.Any(family =>
        host.Live.Iptables.Saved(family).Tables.Any(table =>
            table.Name == IptablesTable.Nat.NameOf()
            && table.Chains.Any(chain => chain.Name.StartsWith(Prefix, StringComparison.Ordinal))));
}
