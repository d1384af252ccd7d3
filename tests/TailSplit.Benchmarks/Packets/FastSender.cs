using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace TailSplit.Benchmarks.Packets;

/// <summary>Sends small UDP packets of one flow, many by one system call.</summary>
internal sealed unsafe class FastSender : IDisposable
{
    private const int Batch = 64;
    private const int PayloadLength = 18;

    private readonly Socket _socket;
    private readonly LibC.Message* _messages;
    private readonly LibC.Buffer* _buffers;
    private readonly byte* _payload;

    /// <summary>Call it inside the namespace to send from: a socket belongs to where it was made.</summary>
    public FastSender(IPAddress source, IPEndPoint destination)
    {
        _socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        _socket.Bind(new IPEndPoint(source, 5000));
        _socket.Connect(destination);
        _payload = (byte*)NativeMemory.AllocZeroed(PayloadLength);
        _buffers = (LibC.Buffer*)NativeMemory.AllocZeroed(Batch, (nuint)sizeof(LibC.Buffer));
        _messages = (LibC.Message*)NativeMemory.AllocZeroed(Batch, (nuint)sizeof(LibC.Message));
        for (int i = 0; i < Batch; i++)
        {
            _buffers[i] = new LibC.Buffer { Base = _payload, Length = PayloadLength };
            _messages[i] = new LibC.Message { Buffers = &_buffers[i], BufferCount = 1 };
        }
    }

    /// <returns>CPU time of one packet, in nanoseconds, from the system call to where the sink drops it.</returns>
    public double Measure(int packets)
    {
        int handle = (int)_socket.Handle;
        int sent = 0;
        long start = LibC.ThreadNanoseconds();
        while (sent < packets)
            sent += LibC.Send(handle, _messages, Batch);

        return (LibC.ThreadNanoseconds() - start) / (double)sent;
    }

    public void Dispose()
    {
        _socket.Dispose();
        NativeMemory.Free(_messages);
        NativeMemory.Free(_buffers);
        NativeMemory.Free(_payload);
    }
}
