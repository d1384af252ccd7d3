using System.Net;

namespace TailSplit.Lab;

/// <summary>A question that a name server saw, and the address it came from.</summary>
public sealed record AskedName(string Name, IPAddress Asker)
{
    /// <summary>The way that the question took to the name server.</summary>
    public Way Way => Ways.Of(Asker);
}
