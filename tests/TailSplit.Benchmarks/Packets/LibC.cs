using System.Runtime.InteropServices;

namespace TailSplit.Benchmarks.Packets;

/// <summary>The calls that .NET has no name for.</summary>
internal static unsafe partial class LibC
{
    private const int NewNetwork = 0x40000000;
    private const int ThreadCpuTime = 3;

    /// <summary>Moves the calling thread, and no other, into a network namespace (setns(2)).</summary>
    public static void EnterNetwork(int handle) => Check(SetNamespace(handle, NewNetwork), "setns");

    /// <summary>
    /// Nanoseconds that the calling thread has had on a CPU. What the kernel does for its packets in softirq is in it,
    /// as softirqs run where they were raised; what other processes do meanwhile is not.
    /// </summary>
    public static long ThreadNanoseconds()
    {
        Check(ClockGetTime(ThreadCpuTime, out TimeSpec time), "clock_gettime");
        return (time.Seconds * 1_000_000_000) + time.Nanoseconds;
    }

    /// <summary>Sends messages by one system call (sendmmsg(2)); returns how many went.</summary>
    public static int Send(int socket, Message* messages, int count)
    {
        int sent = SendMultiple(socket, messages, (uint)count, 0);
        Check(sent, "sendmmsg");
        return sent;
    }

    private static void Check(int result, string call)
    {
        if (result < 0)
            throw new InvalidOperationException($"{call}: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static partial int SetNamespace(int handle, int kind);

    [LibraryImport("libc", EntryPoint = "clock_gettime", SetLastError = true)]
    private static partial int ClockGetTime(int clock, out TimeSpec time);

    [LibraryImport("libc", EntryPoint = "sendmmsg", SetLastError = true)]
    private static partial int SendMultiple(int socket, Message* messages, uint count, int flags);

    /// <summary>struct timespec of 64-bit Linux.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }

    /// <summary>struct iovec.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Buffer
    {
        public void* Base;
        public nuint Length;
    }

    /// <summary>struct mmsghdr of 64-bit Linux, with its padding.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Message
    {
        public void* Name;
        public uint NameLength;
        public Buffer* Buffers;
        public nuint BufferCount;
        public void* Control;
        public nuint ControlLength;
        public int Flags;
        public uint Sent;
    }
}
