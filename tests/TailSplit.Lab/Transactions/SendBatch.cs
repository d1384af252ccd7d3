using System.Runtime.InteropServices;

namespace TailSplit.Lab.Transactions;

/// <summary>Many datagrams by one system call, sendmmsg(2), for which .NET has no name.</summary>
internal sealed partial class SendBatch : IDisposable
{
    private const int DontWait = 0x40;

    // struct mmsghdr and struct iovec of a 64-bit Linux, and where in them the vector is.
    private const int MessageSize = 64;
    private const int VectorAt = 16;
    private const int VectorCountAt = 24;
    private const int Payload = 16;

    private readonly nint _memory;
    private readonly int _messages;

    public SendBatch(int messages)
    {
        _messages = messages;
        int size = (messages * MessageSize) + (2 * IntPtr.Size) + Payload;
        _memory = Marshal.AllocHGlobal(size);
        Marshal.Copy(new byte[size], 0, _memory, size);
        nint vector = _memory + (messages * MessageSize);
        Marshal.WriteIntPtr(vector, vector + (2 * IntPtr.Size));
        Marshal.WriteIntPtr(vector, IntPtr.Size, Payload);
        for (int message = 0; message < messages; message++)
        {
            Marshal.WriteIntPtr(_memory, (message * MessageSize) + VectorAt, vector);
            Marshal.WriteIntPtr(_memory, (message * MessageSize) + VectorCountAt, 1);
        }
    }

    /// <summary>Sends all of them on a connected socket.</summary>
    /// <returns>How many the kernel took; none where an ICMP error of earlier ones is reported first.</returns>
    public int Send(SafeHandle socket) => Math.Max(0, SendMany(socket, _memory, (uint)_messages, DontWait));

    public void Dispose() => Marshal.FreeHGlobal(_memory);

    [LibraryImport("libc", EntryPoint = "sendmmsg", SetLastError = true)]
    private static partial int SendMany(SafeHandle socket, nint messages, uint count, int flags);
}
