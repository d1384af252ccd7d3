using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using TailSplit.Core.Probing;

namespace TailSplit.Execution.Probing;

/// <summary>
/// One packet socket for all interfaces of the host, bound to none (packet(7)), so that it misses none. The kernel
/// removes the link-layer header, so that packets of a tunnel and of Ethernet look the same.
/// </summary>
internal sealed class PacketCapture : IPacketCapture
{
    // linux/if_ether.h, linux/if_packet.h, asm-generic/socket.h
    private const ushort EveryProtocol = 0x0003;
    private const byte Outgoing = 4;
    private const int SocketLevel = 1;
    private const int AttachFilter = 26;
    private const int ReceiveBufferForce = 33;
    private const int PacketLevel = 263;
    private const int PacketStatistics = 6;
    private const int BufferSize = 4 << 20;

    private static readonly TimeSpan s_turn = TimeSpan.FromMilliseconds(50);

    private readonly Lock _gate = new();
    private readonly List<CapturedProbe> _captured = [];
    private readonly Dictionary<int, string> _names = [];
    private readonly Socket _socket;
    private readonly Thread _thread;
    private volatile bool _stopped;
    private long _lost;

    public PacketCapture()
    {
        _socket = new Socket(
            AddressFamily.Packet, SocketType.Dgram, (ProtocolType)BinaryPrimitives.ReverseEndianness(EveryProtocol));
        try
        {
            Attach(ProbeFilter.Program);
            _socket.SetRawSocketOption(SocketLevel, ReceiveBufferForce, BitConverter.GetBytes(BufferSize));
            _socket.ReceiveTimeout = (int)s_turn.TotalMilliseconds;
        }
        catch
        {
            _socket.Dispose();
            throw;
        }

        _thread = new Thread(Watch) { IsBackground = true, Name = "TailSplit capture" };
        _thread.UnsafeStart();
    }

    public ImmutableArray<CapturedProbe> CapturedProbes
    {
        get
        {
            lock (_gate)
                return [.. _captured];
        }
    }

    public long Lost
    {
        get
        {
            // struct tpacket_stats: packets, drops. Reading resets both.
            byte[] statistics = new byte[8];
            _socket.GetRawSocketOption(PacketLevel, PacketStatistics, statistics);
            return _lost += BitConverter.ToUInt32(statistics, 4);
        }
    }

    public void Dispose()
    {
        _stopped = true;
        _thread.Join();
        _socket.Dispose();
    }

    private void Watch()
    {
        byte[] packet = new byte[ProbeFilter.Snapshot];
        int room = SocketAddress.GetMaximumAddressSize(AddressFamily.Packet);
        SocketAddress from = new(AddressFamily.Packet, room);
        while (!_stopped)
        {
            try
            {
                // ReceiveFrom shrinks it to the size of the packet's address.
                from.Size = room;
                int length = _socket.ReceiveFrom(packet, SocketFlags.None, from);
                Note(packet.AsSpan(0, length), from.Buffer.Span);
            }
            catch (SocketException e) when (
                e.SocketErrorCode is SocketError.TimedOut or SocketError.WouldBlock or SocketError.Interrupted
                or SocketError.NetworkDown)
            {
                // No packet came, or an interface went down, which every packet socket reports once.
            }
            catch (Exception)
            {
                // An exception on this thread would end the process. The capture ends, and the positive control then
                // fails.
                return;
            }
        }
    }

    private void Note(ReadOnlySpan<byte> packet, ReadOnlySpan<byte> link)
    {
        if (!ProbePacket.TryRead(packet, out ProbeMark mark))
            return;

        // struct sockaddr_ll: family, protocol, index, hardware type, packet type.
        int index = MemoryMarshal.Read<int>(link[4..]);
        CapturedProbe probe = new(mark, NameOf(index), link[10] == Outgoing);
        lock (_gate)
            _captured.Add(probe);
    }

    private string NameOf(int index)
    {
        if (!_names.TryGetValue(index, out string? name))
            _names[index] = name = LibC.InterfaceName(index) ?? $"interface {index}";

        return name;
    }

    // struct sock_fprog: a count, and a pointer to an array of struct sock_filter.
    private void Attach(ImmutableArray<FilterInstruction> program)
    {
        byte[] code = new byte[program.Length * 8];
        for (int i = 0; i < program.Length; i++)
        {
            Span<byte> instruction = code.AsSpan(i * 8, 8);
            MemoryMarshal.Write(instruction, program[i].Code);
            instruction[2] = program[i].IfTrue;
            instruction[3] = program[i].IfFalse;
            MemoryMarshal.Write(instruction[4..], program[i].Operand);
        }

        GCHandle pinned = GCHandle.Alloc(code, GCHandleType.Pinned);
        try
        {
            byte[] description = new byte[2 * nint.Size];
            MemoryMarshal.Write(description, (ushort)program.Length);
            MemoryMarshal.Write(description.AsSpan(nint.Size), pinned.AddrOfPinnedObject());
            _socket.SetRawSocketOption(SocketLevel, AttachFilter, description);
        }
        finally
        {
            pinned.Free();
        }
    }
}
