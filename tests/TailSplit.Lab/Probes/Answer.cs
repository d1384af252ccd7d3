using System.Net;
using System.Net.Sockets;

namespace TailSplit.Lab;

/// <summary>What became of one question to a server.</summary>
/// <param name="Way">The way the question took, or how it failed.</param>
/// <param name="Seen">The address the server saw, where it answered.</param>
/// <param name="Error">The error, where the question was refused.</param>
public sealed record Answer(Way Way, IPAddress? Seen = null, SocketError Error = SocketError.Success)
{
    public static Answer Nowhere { get; } = new(Way.Nowhere);

    public bool IsAnswered => Seen is not null;

    public static Answer Saw(IPAddress address) => new(Ways.Of(address), address);

    public static Answer Refused(SocketError error) => new(Way.Refused, Error: error);

    public override string ToString() =>
        Seen is not null ? $"{Way} (seen as {Seen})" : Way is Way.Refused ? $"{Way} ({Error})" : $"{Way}";
}
