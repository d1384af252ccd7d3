using System.Globalization;
using TailSplit.Core.Rules;

namespace TailSplit.Core.Kernel;

/// <summary>
/// The number of a routing table, of 32 bits without a sign (linux/rtnetlink.h: RTA_TABLE), kept in as many with one.
/// </summary>
public static class KernelTable
{
    public const int Main = RoutingRule.MainTable;

    public const int Local = 255;

    public const int Default = 253;

    /// <summary>
    /// The table of a number, or of one of the kernel's names, which <c>ip -N</c> prints before iproute2 5.x; 0, which
    /// no table has, for any other text.
    /// </summary>
    public static int Parse(string text) => text switch
    {
        "main" => Main,
        "local" => Local,
        "default" => Default,
        _ => uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out uint number)
            ? unchecked((int)number)
            : 0,
    };

    /// <summary>Whether the kernel itself has a table of this number (linux/rtnetlink.h: rt_class_t).</summary>
    public static bool IsKernels(int table) => table is 0 or Main or Local or Default;

    /// <summary>The name as people write it: one of the kernel's, or the number.</summary>
    public static string NameOf(int table) => table switch
    {
        Main => "main",
        Local => "local",
        Default => "default",
        _ => NumberOf(table).ToString(CultureInfo.InvariantCulture),
    };

    public static uint NumberOf(int table) => unchecked((uint)table);
}
