using TailSplit.Core.Iptables;
using TailSplit.Core.Model;

namespace TailSplit.Core.Diagnosis;

/// <summary>What became of the rules that Podman itself writes (netavark).</summary>
internal static class PodmanRules
{
    /// <summary>Writes the rules of all running containers again; it stops none (podman-network-reload(1)).</summary>
    public const string Reload = "podman network reload --all";

    private const string Prefix = "NETAVARK";

    /// <summary>
    /// Whether netavark writes by iptables. By nftables, its other driver, it writes a table "inet netavark", which
    /// iptables does not show; and after a flush it is not known.
    /// </summary>
    public static bool AreShown(HostSnapshot host) => IpFamilies.All.Any(family =>
        host.Live.Iptables.Saved(family).Tables.Any(table =>
            table.Name == IptablesTable.Nat.NameOf()
            && table.Chains.Any(chain => chain.Name.StartsWith(Prefix, StringComparison.Ordinal))));
}
