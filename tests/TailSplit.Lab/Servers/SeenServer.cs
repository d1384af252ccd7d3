using System.Net;

namespace TailSplit.Lab;

/// <summary>
/// Answers every TCP connection with the address it saw, and closes; every datagram with the address and the datagram.
/// </summary>
public sealed class SeenServer : IAsyncDisposable
{
    private readonly Listener _listener;

    private SeenServer(Listener listener) => _listener = listener;

    public static SeenServer Start(
        NetworkNamespace inside, IEnumerable<IPAddress> addresses, IEnumerable<int> ports) =>
        new(Listener.Start(
            inside,
            from address in addresses from port in ports select new IPEndPoint(address, port),
            (message, asker, _) => Task.FromResult<byte[]?>(Listener.Seen(asker, message)),
            async (connection, asker, end) => await connection.SendAsync(Listener.Seen(asker), end)));

    public ValueTask DisposeAsync() => _listener.DisposeAsync();
}
