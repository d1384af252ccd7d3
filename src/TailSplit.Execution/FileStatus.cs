using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace TailSplit.Execution;

/// <summary>
/// Who owns a file and who may write it: what .NET does not tell is asked of statx(2), whose answer is the same
/// everywhere.
/// </summary>
/// <param name="Owner">The user's number.</param>
/// <param name="Mode">Type and permissions, as in <c>st_mode</c> (inode(7)).</param>
internal readonly record struct FileStatus(uint Owner, int Mode)
{
    // include/uapi/linux/stat.h: the struct has 256 bytes, stx_uid is at 20, stx_mode at 28.
    private const int Size = 256;
    private const int OwnerAt = 20;
    private const int ModeAt = 28;
    private const int CurrentFolder = -100;
    private const int EmptyPath = 0x1000;
    private const uint BasicStatistics = 0x7ff;

    private const int TypeMask = 0xf000;
    private const int RegularFile = 0x8000;
    private const int WritableByGroup = 0x10;
    private const int WritableByOthers = 0x2;
    private const int StickyBit = 0x200;

    public static uint CurrentUser => EffectiveUser();

    public bool IsRegular => (Mode & TypeMask) == RegularFile;

    public bool OthersCanWrite => (Mode & WritableByOthers) != 0;

    public bool GroupCanWrite => (Mode & WritableByGroup) != 0;

    /// <summary>Whether in this folder only the owner of a file can remove or rename it.</summary>
    public bool IsSticky => (Mode & StickyBit) != 0;

    /// <summary>Of what the path leads to, over symbolic links; null where that can't be seen.</summary>
    public static FileStatus? Of(string path) => Read(CurrentFolder, path, 0);

    /// <summary>Of an open file, which nobody can put another in the place of.</summary>
    public static FileStatus? Of(SafeFileHandle file)
    {
        bool held = false;
        try
        {
            file.DangerousAddRef(ref held);
            return Read((int)file.DangerousGetHandle(), "", EmptyPath);
        }
        finally
        {
            if (held)
                file.DangerousRelease();
        }
    }

    private static FileStatus? Read(int folder, string path, int flags)
    {
        byte[] answer = new byte[Size];
        if (StatX(folder, path, flags, BasicStatistics, answer) != 0)
            return null;

        // The kernel answers in the byte order of the machine.
        return new FileStatus(
            MemoryMarshal.Read<uint>(answer.AsSpan(OwnerAt)), MemoryMarshal.Read<ushort>(answer.AsSpan(ModeAt)));
    }

    [DllImport("libc", EntryPoint = "statx", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int StatX(
        int folder, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, uint mask, [Out] byte[] answer);

    [DllImport("libc", EntryPoint = "geteuid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern uint EffectiveUser();
}
