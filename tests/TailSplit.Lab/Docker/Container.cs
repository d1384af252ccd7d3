using System.Net;

namespace TailSplit.Lab;

/// <summary>A running container. Pid, namespace and addresses are of one run: ask again after a restart.</summary>
public sealed record Container(string Name, string Id, int ProcessId, NetworkNamespace Namespace)
{
    /// <summary>Its addresses by network name, IPv4 before IPv6.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyList<IPAddress>> AddressesByNetwork { get; init; }

    public IReadOnlyList<IPAddress> Addresses => [.. AddressesByNetwork.Values.SelectMany(addresses => addresses)];

    public static implicit operator NetworkNamespace(Container container) => container.Namespace;

    public override string ToString() => Name;
}
