using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace TailSplit.Execution.Probing;

/// <summary>System calls that .NET does not offer.</summary>
internal static partial class LibC
{
    private const int NewNetwork = 0x40000000;
    private const int LongestInterfaceName = 16;

    /// <summary>Moves only the calling thread into a network namespace (setns(2)).</summary>
    /// <exception cref="IOException">The call failed.</exception>
    public static void EnterNetwork(SafeFileHandle network) => Check(SetNamespace(network, NewNetwork), "setns");

    /// <summary>Moves only the calling thread into a new network namespace (unshare(2)).</summary>
    /// <exception cref="IOException">The call failed.</exception>
    public static void LeaveNetwork() => Check(Unshare(NewNetwork), "unshare");

    /// <summary>The name of an interface in the namespace of the calling thread; null if it does not exist.</summary>
    public static string? InterfaceName(int index)
    {
        byte[] name = new byte[LongestInterfaceName];
        return IndexToName((uint)index, name) == 0
            ? null
            : System.Text.Encoding.ASCII.GetString(name, 0, Array.IndexOf(name, (byte)0));
    }

    private static void Check(int result, string call)
    {
        if (result != 0)
            throw new IOException($"{call}: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static partial int SetNamespace(SafeFileHandle handle, int kind);

    [LibraryImport("libc", EntryPoint = "unshare", SetLastError = true)]
    private static partial int Unshare(int kind);

    [LibraryImport("libc", EntryPoint = "if_indextoname")]
    private static partial nint IndexToName(uint index, [Out] byte[] name);
}
