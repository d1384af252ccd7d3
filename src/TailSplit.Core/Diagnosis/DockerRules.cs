using System.Text.RegularExpressions;
using TailSplit.Core.Hosts;
using TailSplit.Core.Iptables;
using TailSplit.Core.Model;

namespace TailSplit.Core.Diagnosis;

/// <summary>The state of the rules that Docker itself writes.</summary>
internal static partial class DockerRules
{
    public const string Restart = "systemctl restart docker";

    public const string Restarts = "A restart of Docker also restarts its containers, unless \"live-restore\" is on.";

    /// <summary>Whether Docker writes its rules by nft, where iptables does not show them.</summary>
    public static bool AreNftables(Host host) =>
        host.Containers.Docker?.FirewallBackend?.StartsWith("nftables", StringComparison.Ordinal) == true;

    /// <summary>Whether its configuration says <c>"iptables": false</c>.</summary>
    public static bool AreOff(Host host) =>
        host.Containers.DockerConfiguration is string configuration && IptablesFalse().IsMatch(configuration);

    /// <summary>
    /// Whether Docker's own chain is missing though it runs and writes by iptables: its rules were flushed.
    /// </summary>
    public static bool WereFlushed(Host host, IEnumerable<IpFamily> families) =>
        host.Containers is { Trouble: null, Docker: not null } && !AreNftables(host) && !AreOff(host)
        // Without ip6tables, Docker writes none for IPv6.
        && families.Contains(IpFamily.IPv4)
        && host.Live.Iptables.Saved(IpFamily.IPv4).Find(IptablesTable.Nat, "DOCKER") is null;

    [GeneratedRegex("\"iptables\"\\s*:\\s*false")]
    private static partial Regex IptablesFalse();
}
