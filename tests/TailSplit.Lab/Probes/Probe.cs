using System.Net;
using System.Net.Sockets;
using System.Text;

namespace TailSplit.Lab;

/// <summary>Asks a server which address it sees: one question, bounded in time.</summary>
public static class Probe
{
    /// <summary>
    /// Far above what a veth needs, and enough for a SYN that was lost and is sent again after a second (RFC 6298); a
    /// question that takes longer went nowhere.
    /// </summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(1.4);

    public static async Task<Answer> Ask(
        NetworkNamespace from,
        IPAddress to,
        Protocol protocol = Protocol.Tcp,
        int port = Ports.Http,
        TimeSpan? patience = null)
    {
        using Socket socket = from.Enter(() => Open(to.AddressFamily, protocol));
        using CancellationTokenSource limit = new(patience ?? Patience);
        try
        {
            await socket.ConnectAsync(new IPEndPoint(to, port), limit.Token);
            if (protocol is Protocol.Udp)
            {
                await socket.SendAsync("?"u8.ToArray(), limit.Token);
            }

            return Answer.Saw(await Read(socket, limit.Token));
        }
        catch (OperationCanceledException)
        {
            return Answer.Nowhere;
        }
        catch (SocketException exception)
        {
            return Answer.Refused(exception.SocketErrorCode);
        }
    }

    /// <summary>Asks a container's HTTP server, as a rule through a published port, which address it sees.</summary>
    public static async Task<Answer> AskHttp(
        NetworkNamespace from, IPAddress to, int port, TimeSpan? patience = null)
    {
        using CancellationTokenSource limit = new(patience ?? Patience);
        using SocketsHttpHandler handler = new()
        {
            // The handler would go on connecting when the question is given up.
            ConnectCallback = async (_, _) => new NetworkStream(await Connect(from, new(to, port), limit.Token), true),
        };
        using HttpClient client = new(handler);
        try
        {
            string seen = await client.GetStringAsync($"http://{new IPEndPoint(to, port)}/cgi-bin/seen", limit.Token);
            return Answer.Saw(Parse(seen));
        }
        catch (OperationCanceledException)
        {
            return Answer.Nowhere;
        }
        catch (HttpRequestException exception)
        {
            return Answer.Refused(
                exception.InnerException is SocketException inner ? inner.SocketErrorCode : SocketError.SocketError);
        }
    }

    private static async Task<Socket> Connect(NetworkNamespace from, IPEndPoint to, CancellationToken cancellationToken)
    {
        Socket socket = from.Enter(() => Open(to.AddressFamily, Protocol.Tcp));
        try
        {
            await socket.ConnectAsync(to, cancellationToken);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static Socket Open(AddressFamily family, Protocol protocol) =>
        protocol is Protocol.Tcp
            ? new(family, SocketType.Stream, ProtocolType.Tcp)
            : new(family, SocketType.Dgram, ProtocolType.Udp);

    // A stream is read to its end: the server's last packet then is not still to come when the next count begins.
    private static async Task<IPAddress> Read(Socket socket, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[256];
        int length = 0;
        int read;
        do
        {
            read = await socket.ReceiveAsync(buffer.AsMemory(length), cancellationToken);
            length += read;
        }
        while (read > 0 && socket.SocketType is SocketType.Stream);

        return length == 0
            ? throw new SocketException((int)SocketError.ConnectionReset)
            : Parse(Encoding.ASCII.GetString(buffer, 0, length));
    }

    // "address" or, from an echo of datagrams, "address payload"; httpd writes "[::ffff:10.0.0.20]" or the like.
    private static IPAddress Parse(string text)
    {
        IPAddress address = IPAddress.Parse(text.Split(' ', '\n')[0].Trim('[', ']'));
        return address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
    }
}
