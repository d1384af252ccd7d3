using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace TailSplit.Lab;

/// <summary>The four calls that .NET has no name for.</summary>
internal static partial class LibC
{
    private const int NewNetwork = 0x40000000;

    /// <summary>Moves the calling thread, and no other, into a network namespace (setns(2)).</summary>
    public static void EnterNetwork(SafeFileHandle network) => Check(SetNamespace(network, NewNetwork), "setns");

    public static bool HasInterface(string name) => InterfaceIndex(name) != 0;

    public static void Signal(int processId, Signal signal)
    {
        const int noSuchProcess = 3;
        if (Kill(processId, (int)signal) != 0 && Marshal.GetLastPInvokeError() != noSuchProcess)
        {
            Check(-1, "kill");
        }
    }

    public static bool IsRoot => EffectiveUser() == 0;

    private static void Check(int result, string call)
    {
        if (result != 0)
        {
            throw new InvalidOperationException($"{call}: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static partial int SetNamespace(SafeFileHandle handle, int kind);

    [LibraryImport("libc", EntryPoint = "if_nametoindex", StringMarshalling = StringMarshalling.Utf8)]
    private static partial uint InterfaceIndex(string name);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int processId, int signal);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint EffectiveUser();
}
