using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;
using TailSplit.Core.Model;
using TailSplit.Core.Probing;

namespace TailSplit.Execution.Probing;

/// <summary>
/// A network namespace with an open handle: the host's, that of a process, or a new one without a name.
/// </summary>
internal sealed class NetworkSpace : IProbeSpace
{
    // asm-generic/socket.h
    private const int SocketLevel = 1;
    private const int SocketMark = 36;

    private readonly SafeFileHandle? _handle;

    private NetworkSpace(SafeFileHandle? handle) => _handle = handle;

    /// <summary>The namespace of this process.</summary>
    public static NetworkSpace Host { get; } = new(handle: null);

    /// <summary>
    /// The path for other programs: /proc/PID/fd/N. A new namespace has no other name, so the kernel removes it when
    /// this process closes the handle or ends (namespaces(7)).
    /// </summary>
    public string Path => string.Create(
        CultureInfo.InvariantCulture, $"/proc/{Environment.ProcessId}/fd/{_handle?.DangerousGetHandle() ?? -1}");

    /// <summary>Opens the namespace of a process; null if the process has ended, or shares the host's.</summary>
    public static NetworkSpace? TryOpen(int processId)
    {
        string path = string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/ns/net");
        try
        {
            return new FileInfo(path).LinkTarget is string name && name != new FileInfo("/proc/self/ns/net").LinkTarget
                ? new NetworkSpace(Open(path))
                : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    public static NetworkSpace Create() => NamespaceThread.Run(() =>
    {
        LibC.LeaveNetwork();
        return new NetworkSpace(Open("/proc/thread-self/ns/net"));
    });

    public ImmutableArray<SentProbe> Send(IEnumerable<Probe> probes, int hopLimit, FwMark? mark = null) =>
        NamespaceThread.Run(ImmutableArray<SentProbe> () =>
        {
            if (_handle is not null)
                LibC.EnterNetwork(_handle);

            return [.. probes.Select(probe => TrySend(probe, hopLimit, mark))];
        });

    public ValueTask DisposeAsync()
    {
        _handle?.Dispose();
        return ValueTask.CompletedTask;
    }

    // A raw socket can set the sequence number of a SYN. The kernel writes the IP header, and selects source address
    // and route as for any socket.
    private static SentProbe TrySend(Probe probe, int hopLimit, FwMark? mark)
    {
        try
        {
            using Socket socket = new(
                probe.Target.AddressFamily, SocketType.Raw, (ProtocolType)IpProtocol.Of(probe.Protocol, probe.Family));
            socket.Ttl = (short)hopLimit;
            if (mark is FwMark wanted)
                socket.SetRawSocketOption(SocketLevel, SocketMark, BitConverter.GetBytes(wanted.Value));

            socket.Connect(new IPEndPoint(probe.Target, 0));
            IPAddress source = ((IPEndPoint)socket.LocalEndPoint!).Address;
            ushort port = (ushort)RandomNumberGenerator.GetInt32(32768, 60999);
            socket.Send(ProbeMessage.Write(probe, source, port));
            return new SentProbe(probe);
        }
        catch (SocketException e)
        {
            return new SentProbe(
                probe,
                e.Message,
                e.SocketErrorCode is SocketError.NetworkUnreachable or SocketError.HostUnreachable
                or SocketError.AddressNotAvailable or SocketError.AddressFamilyNotSupported);
        }
    }

    private static SafeFileHandle Open(string path) =>
        File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
}
