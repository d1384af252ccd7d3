
namespace TailSplit.Lab;

/// <summary>How the lab's dockerd is started.</summary>
public sealed record DockerOptions
{
    public Engine Engine { get; init; } = Engine.Bookworm;

    public IptablesVariant Iptables { get; init; } = IptablesVariant.NfTables;

    /// <summary>Off, Docker writes no rules for IPv6 at all, as Engine 20.10 does by itself.</summary>
    public bool Ip6Tables { get; init; } = true;

    public bool UserlandProxy { get; init; } = true;

    /// <summary>
    /// The daemon's <c>--dns</c>; empty, it takes what the host's resolv.conf names: the server in the internet.
    /// </summary>
    public IReadOnlyList<string> Dns { get; init; } = [];

    /// <summary>More of dockerd's own options.</summary>
    public IReadOnlyList<string> More { get; init; } = [];
}
