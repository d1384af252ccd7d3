using System.Buffers.Binary;
using System.Globalization;
using System.Net;

namespace TailSplit.Core.Kernel;

/// <summary>
/// Reads /proc/PID/net/route and ipv6_route, the routes of a container as its kernel has them (proc_pid_net(5)).
/// </summary>
public static class KernelRoutes
{
    private const uint Reject = 0x200;

    /// <summary>The gateway of the IPv6 default route; null for none.</summary>
    public static IPAddress? DefaultGatewayIPv6(string text)
    {
        IPAddress? found = null;
        uint lowest = uint.MaxValue;
        foreach (ReadOnlySpan<char> line in text.AsSpan().EnumerateLines())
        {
            // Destination, length, source, length, gateway, metric, references, uses, flags, device; all hexadecimal
            // (linux net/ipv6/route.c: rt6_info_route).
            string[] words = line.ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Length < 10 || words[1] != "00" || words[4].Length != 32 || words[4].All(digit => digit == '0')
                || !TryHex(words[5], out uint metric) || !TryHex(words[8], out uint flags) || (flags & Reject) != 0
                || metric > lowest)
            {
                continue;
            }

            (found, lowest) = (new IPAddress(Convert.FromHexString(words[4])), metric);
        }

        return found;
    }

    private static bool TryHex(string text, out uint value) =>
        uint.TryParse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out value);

    /// <summary>The gateway of the IPv4 default route; null for none.</summary>
    public static IPAddress? DefaultGateway(string text)
    {
        foreach (ReadOnlySpan<char> line in text.AsSpan().EnumerateLines())
        {
            // Iface Destination Gateway Flags RefCnt Use Metric Mask ...; addresses as they lie in memory, in
            // hexadecimal.
            string[] words = line.ToString().Split('\t', StringSplitOptions.TrimEntries);
            if (words.Length < 8 || words[1] != "00000000" || words[7] != "00000000"
                || !TryHex(words[2], out uint bits) || bits == 0)
            {
                continue;
            }

            byte[] address = new byte[4];
            if (BitConverter.IsLittleEndian)
                BinaryPrimitives.WriteUInt32LittleEndian(address, bits);
            else
                BinaryPrimitives.WriteUInt32BigEndian(address, bits);

            return new IPAddress(address);
        }

        return null;
    }
}
