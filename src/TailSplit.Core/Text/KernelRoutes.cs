using System.Buffers.Binary;
using System.Globalization;
using System.Net;

namespace TailSplit.Core.Text;

/// <summary>
/// Reads /proc/PID/net/route, the IPv4 routes of a container as its kernel has them (proc_pid_net(5)).
/// </summary>
public static class KernelRoutes
{
    /// <summary>The gateway of the default route; null where there is none.</summary>
    public static IPAddress? DefaultGateway(string text)
    {
        foreach (ReadOnlySpan<char> line in text.AsSpan().EnumerateLines())
        {
            // Iface Destination Gateway Flags RefCnt Use Metric Mask ...; addresses as they lie in memory, in
            // hexadecimal.
            string[] words = line.ToString().Split('\t', StringSplitOptions.TrimEntries);
            if (words.Length < 8 || words[1] != "00000000" || words[7] != "00000000"
                || !uint.TryParse(words[2], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out uint bits) || bits == 0)
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
