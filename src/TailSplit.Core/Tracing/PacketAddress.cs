using System.Collections.Immutable;
using System.Net;
using TailSplit.Core.Errors;
using TailSplit.Core.Model;

namespace TailSplit.Core.Tracing;

/// <summary>Addresses of packets, as a person gives them.</summary>
public static class PacketAddress
{
    /// <summary>Reads an address that packets can be sent to.</summary>
    /// <exception cref="TailSplitException">InvalidAddress.</exception>
    public static IPAddress Parse(string text)
    {
        if (!Cidr.TryParse(text, out Cidr prefix, out string? reason))
            throw Failures.InvalidAddress(text, reason).ToException();

        if (!prefix.IsHost || text.Contains('/', StringComparison.Ordinal))
            throw Failures.InvalidAddress(text, "it is a prefix").ToException();

        IPAddress address = prefix.Address;
        return IPAddress.IsLoopback(address)
            ? throw Failures.InvalidAddress(text, "it is a container's own loopback").ToException()
            : AddressTypes.IsMulticast(address)
                ? throw Failures.InvalidAddress(text, "it is a multicast group").ToException()
            : address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any) || address.Equals(IPAddress.Broadcast)
                ? throw Failures.InvalidAddress(text, "no single machine has it").ToException()
            : address.IsIPv4MappedToIPv6
                ? throw Failures.InvalidAddress(text, $"write {address.MapToIPv4()}").ToException()
            : address;
    }

    /// <summary>
    /// An address that a container of the network could have: the first that is neither the host's nor the destination.
    /// Null if the network has no subnet of the destination's family.
    /// </summary>
    public static IPAddress? Container(
        ImmutableArray<Cidr> network, IReadOnlyCollection<IPAddress> taken, IPAddress destination)
    {
        foreach (Cidr subnet in network.Where(subnet => subnet.Family == Cidr.Of(destination).Family && !subnet.IsHost))
        {
            IPAddress candidate = subnet.Address;
            do
            {
                candidate = Next(candidate);
            }
            while (subnet.Contains(candidate) && (taken.Contains(candidate) || candidate.Equals(destination)));

            if (subnet.Contains(candidate))
                return candidate;
        }

        return null;
    }

    private static IPAddress Next(IPAddress address)
    {
        byte[] bytes = address.GetAddressBytes();
        for (int i = bytes.Length - 1; i >= 0 && ++bytes[i] == 0; i--)
        {
        }

        return new IPAddress(bytes);
    }
}
