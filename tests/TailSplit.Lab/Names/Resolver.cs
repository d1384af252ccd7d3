using System.Collections.Concurrent;
using System.Net;

namespace TailSplit.Lab;

/// <summary>
/// A name server in the internet that notes who asked. Each name has the address of <see cref="Place.Internet"/>.
/// </summary>
public sealed class Resolver : IAsyncDisposable
{
    private readonly ConcurrentQueue<AskedName> _asked = new();
    private readonly DnsServer _server;

    private Resolver(NetworkNamespace inside) => _server = DnsServer.Start(inside, Place.Resolver, Answer);

    /// <summary>All questions since the start, or since <see cref="Reset"/>, in order.</summary>
    public IReadOnlyList<AskedName> Asked => [.. _asked];

    public void Reset() => _asked.Clear();

    /// <summary>The ways by which questions for a name came, each once; none where nobody asked.</summary>
    public IReadOnlyList<Way> WaysOf(string name) =>
    [
        .. Asked.Where(question => question.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            .Select(question => question.Way).Distinct(),
    ];

    internal static Resolver Start(NetworkNamespace inside) => new(inside);

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private Task<byte[]?> Answer(DnsQuestion question, IPAddress asker, CancellationToken cancellationToken)
    {
        _asked.Enqueue(new(question.Name, asker.IsIPv4MappedToIPv6 ? asker.MapToIPv4() : asker));
        return Task.FromResult<byte[]?>(question.Answer(Place.Internet));
    }
}
