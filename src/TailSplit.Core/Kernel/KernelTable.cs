using System.Globalization;

namespace TailSplit.Core.Kernel;

/// <summary>
/// The number of a routing table, of 32 bits without a sign (linux/rtnetlink.h: RTA_TABLE), kept in as many with one.
/// </summary>
internal static class KernelTable
{
    /// <summary>The table of a number as <c>ip -N</c> prints it; 0, which no table has, for what is none.</summary>
    public static int Parse(string text) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out uint number) ? unchecked((int)number) : 0;

    public static uint NumberOf(int table) => unchecked((uint)table);
}
