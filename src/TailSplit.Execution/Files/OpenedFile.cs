using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace TailSplit.Execution.Files;

/// <summary>
/// Opens a file for reading without blocking: a named pipe would otherwise block until another process opens it for
/// writing (fifo(7)).
/// </summary>
internal static class OpenedFile
{
    public const int NoEntry = 2;
    public const int NoFolder = 20;

    // include/uapi/asm-generic/fcntl.h; the same on every architecture that .NET supports.
    private const int ReadOnly = 0;
    private const int NoTerminal = 0x100;
    private const int NonBlocking = 0x800;
    private const int CloseOnExec = 0x80000;

    /// <param name="path">The file.</param>
    /// <param name="error">Why it can't be opened (errno(3)); 0 if it can.</param>
    /// <returns>Null if it can't be opened.</returns>
    public static SafeFileHandle? Open(string path, out int error)
    {
        int file = Open(path, ReadOnly | NoTerminal | NonBlocking | CloseOnExec);
        error = file < 0 ? Marshal.GetLastPInvokeError() : 0;
        return file < 0 ? null : new SafeFileHandle(file, ownsHandle: true);
    }

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);
}
