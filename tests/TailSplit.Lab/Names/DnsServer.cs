using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace TailSplit.Lab;

/// <summary>
/// Listens on port 53 of each address, by UDP and TCP. What is no question for a name gets the address that was seen,
/// as from a <see cref="SeenServer"/>.
/// </summary>
internal sealed class DnsServer : IAsyncDisposable
{
    // A client that wants the address that was seen connects and says nothing.
    private static readonly TimeSpan s_silence = TimeSpan.FromMilliseconds(150);
    private readonly Listener _listener;

    private DnsServer(Listener listener) => _listener = listener;

    /// <param name="inside">The namespace of the server.</param>
    /// <param name="place">Its addresses.</param>
    /// <param name="answer">Answers a question of an address; null is silence.</param>
    public static DnsServer Start(
        NetworkNamespace inside, Place place, Func<DnsQuestion, IPAddress, CancellationToken, Task<byte[]?>> answer) =>
        new(Listener.Start(
            inside,
            [new IPEndPoint(place.V4, Ports.Dns), new IPEndPoint(place.V6, Ports.Dns)],
            async (message, asker, end) => DnsQuestion.Parse(message) is { } question
                ? await answer(question, asker.Address, end)
                : Listener.Seen(asker, message),
            (connection, asker, end) => Converse(connection, asker, answer, end)));

    public ValueTask DisposeAsync() => _listener.DisposeAsync();

    private static async Task Converse(
        Socket connection,
        IPEndPoint asker,
        Func<DnsQuestion, IPAddress, CancellationToken, Task<byte[]?>> answer,
        CancellationToken end)
    {
        if (await FirstMessage(connection, end) is not { } message)
        {
            await connection.SendAsync(Listener.Seen(asker), end);
        }
        else if (DnsQuestion.Parse(message) is { } question
            && await answer(question, asker.Address, end) is { } reply)
        {
            byte[] length = new byte[2];
            BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)reply.Length);
            await connection.SendAsync((byte[])[.. length, .. reply], end);
        }
    }

    // RFC 1035, 4.2.2: two bytes of length come first.
    private static async Task<byte[]?> FirstMessage(Socket socket, CancellationToken end)
    {
        using CancellationTokenSource silence = CancellationTokenSource.CreateLinkedTokenSource(end);
        silence.CancelAfter(s_silence);
        byte[] buffer = new byte[2048];
        try
        {
            int read = 0;
            do
            {
                int more = await socket.ReceiveAsync(buffer.AsMemory(read), silence.Token);
                if (more == 0)
                {
                    return null;
                }

                read += more;
            }
            while (read < 2 || read < 2 + BinaryPrimitives.ReadUInt16BigEndian(buffer));

            return buffer[2..read];
        }
        catch (OperationCanceledException) when (!end.IsCancellationRequested)
        {
            return null;
        }
    }
}
