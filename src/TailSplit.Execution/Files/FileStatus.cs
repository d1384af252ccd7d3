using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using TailSplit.Core.Trust;

namespace TailSplit.Execution.Files;

/// <summary>
/// The owner, type and permissions of a file, by statx(2), whose struct is the same on every architecture.
/// </summary>
/// <param name="Owner">The user's number.</param>
/// <param name="Group">The group's number.</param>
/// <param name="Mode">Type and permissions, as in <c>st_mode</c> (inode(7)).</param>
/// <param name="Inode">The file's number on its device, by which /proc/locks names it.</param>
/// <param name="Device">The device's number.</param>
internal readonly record struct FileStatus(uint Owner, uint Group, int Mode, ulong Inode, ulong Device)
{
    // include/uapi/linux/stat.h: the size of struct statx, and the offsets of its fields.
    private const int Size = 256;
    private const int OwnerAt = 20;
    private const int GroupAt = 24;
    private const int ModeAt = 28;
    private const int InodeAt = 32;
    private const int DeviceAt = 136;
    private const int CurrentFolder = -100;
    private const int EmptyPath = 0x1000;
    private const int NoFollow = 0x100;
    private const uint BasicStatistics = 0x7ff;

    private const int TypeMask = 0xf000;
    private const int RegularFile = 0x8000;
    private const int FolderFile = 0x4000;
    private const int LinkFile = 0xa000;
    private const int PermissionMask = 0x1ff;
    private const int WritableByGroup = 0x10;
    private const int WritableByOthers = 0x2;

    public static uint CurrentUser => EffectiveUser();

    public HopKind Kind => (Mode & TypeMask) switch
    {
        RegularFile => HopKind.File,
        FolderFile => HopKind.Folder,
        LinkFile => HopKind.Link,
        _ => HopKind.Other,
    };

    public bool IsRegular => Kind == HopKind.File;

    public bool IsFolder => Kind == HopKind.Folder;

    public UnixFileMode Permissions => (UnixFileMode)(Mode & PermissionMask);

    public bool IsSameFile(FileStatus other) => Inode == other.Inode && Device == other.Device;

    public bool OthersCanWrite => (Mode & WritableByOthers) != 0;

    public bool GroupCanWrite => (Mode & WritableByGroup) != 0;

    /// <summary>The status of the file behind symbolic links; null if it can't be read.</summary>
    public static FileStatus? Of(string path) => Read(CurrentFolder, path, 0);

    /// <summary>The status of the path itself, which may be a symbolic link; null if it does not exist.</summary>
    public static FileStatus? OfEntry(string path) => OfEntry(path, out _);

    /// <inheritdoc cref="OfEntry(string)"/>
    /// <param name="path">The path.</param>
    /// <param name="error">Why it can't be read (errno(3)); 0 if it can.</param>
    public static FileStatus? OfEntry(string path, out int error)
    {
        FileStatus? status = Read(CurrentFolder, path, NoFollow);
        error = status is null ? Marshal.GetLastPInvokeError() : 0;
        return status;
    }

    /// <summary>The status of an open file, which can't be replaced by another.</summary>
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
            MemoryMarshal.Read<uint>(answer.AsSpan(OwnerAt)),
            MemoryMarshal.Read<uint>(answer.AsSpan(GroupAt)),
            MemoryMarshal.Read<ushort>(answer.AsSpan(ModeAt)),
            MemoryMarshal.Read<ulong>(answer.AsSpan(InodeAt)),
            MemoryMarshal.Read<ulong>(answer.AsSpan(DeviceAt)));
    }

    [DllImport("libc", EntryPoint = "statx", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int StatX(
        int folder, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, uint mask, [Out] byte[] answer);

    [DllImport("libc", EntryPoint = "geteuid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern uint EffectiveUser();
}
