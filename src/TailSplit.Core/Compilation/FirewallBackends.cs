using TailSplit.Core.Model;

namespace TailSplit.Core.Compilation;

/// <summary>Which firewall backends can be used on a host.</summary>
public sealed record FirewallBackends
{
    /// <summary>A host that can use both.</summary>
    public static FirewallBackends All { get; } = new();

    /// <summary>Why iptables can't be used; null if it can.</summary>
    public Failure? IptablesTrouble { get; init; }

    /// <summary>Why nft can't be used; null if it can.</summary>
    public Failure? NftablesTrouble { get; init; }

    /// <summary>Whether Docker's rules are in nf_tables, and not in iptables.</summary>
    public bool DockerUsesNftables { get; init; }

    /// <summary>What <see cref="FirewallBackend.Auto"/> means for a new policy.</summary>
    /// <param name="live">The rules in force.</param>
    public FirewallBackend Usual(LiveRules live) =>
        NftablesTrouble is not null ? FirewallBackend.Iptables
        : live.Nftables.HasOwn || IptablesTrouble is not null || live.Iptables.Unreadable.Any()
            ? FirewallBackend.Nftables
        : live.Iptables.HasOwn || !DockerUsesNftables ? FirewallBackend.Iptables
        : FirewallBackend.Nftables;
}
