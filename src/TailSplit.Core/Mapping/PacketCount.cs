using System.Globalization;

namespace TailSplit.Core.Mapping;

/// <summary>A readable number of packets: exact if it is short, otherwise with three digits.</summary>
internal static class PacketCount
{
    private static readonly string[] s_units = ["k", "M", "G", "T", "P", "E"];

    public static string Of(ulong packets)
    {
        if (packets < 100_000)
            return packets.ToString("#,0", CultureInfo.InvariantCulture);

        double value = packets;
        int unit = -1;
        // 999.5 would be rounded to 1000.
        while (value >= 999.5)
        {
            value /= 1000;
            unit++;
        }

        string format = value >= 99.95 ? "0" : value >= 9.995 ? "0.0" : "0.00";
        return value.ToString(format, CultureInfo.InvariantCulture) + s_units[unit];
    }
}
