using System.Buffers.Binary;
using System.Net;
using TailSplit.Core.Model;

namespace TailSplit.Core.Probing;

/// <summary>
/// Finds an unused address of a subnet: from its end downwards, since Docker assigns addresses from the start.
/// </summary>
public static class FreeAddress
{
    private const int Attempts = 64;

    /// <summary>Null if the last addresses of the subnet are all used.</summary>
    public static IPAddress? Find(Cidr subnet, IReadOnlySet<IPAddress> taken)
    {
        int width = subnet.Family == IpFamily.IPv4 ? 32 : 128;
        UInt128 size = UInt128.One << (width - Math.Max(subnet.PrefixLength, 1));
        // The first address names the subnet (IPv4) or any router in it (IPv6), the last is the broadcast address in
        // IPv4.
        for (UInt128 offset = size - 2; offset > 0 && offset < size && size - offset < Attempts; offset--)
        {
            IPAddress address = At(subnet, offset);
            if (!taken.Contains(address))
                return address;
        }

        return null;
    }

    private static IPAddress At(Cidr subnet, UInt128 offset)
    {
        byte[] bytes = subnet.Address.GetAddressBytes();
        if (bytes.Length == 4)
        {
            BinaryPrimitives.WriteUInt32BigEndian(bytes, BinaryPrimitives.ReadUInt32BigEndian(bytes) + (uint)offset);
            return new IPAddress(bytes);
        }

        BinaryPrimitives.WriteUInt128BigEndian(bytes, BinaryPrimitives.ReadUInt128BigEndian(bytes) + offset);
        return new IPAddress(bytes);
    }
}
