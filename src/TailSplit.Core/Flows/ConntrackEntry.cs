using System.Collections.Immutable;
using System.Net;

namespace TailSplit.Core.Flows;

/// <summary>A tracked connection as <c>conntrack -L</c> prints it.</summary>
public sealed record ConntrackEntry
{
    /// <summary>The protocol's name, or its number where it has none.</summary>
    public required string Protocol { get; init; }

    public required IPAddress OriginalSource { get; init; }

    public required IPAddress OriginalDestination { get; init; }

    public required IPAddress ReplySource { get; init; }

    /// <summary>Where answers are sent: the address that the connection left with.</summary>
    public required IPAddress ReplyDestination { get; init; }

    /// <summary>Ports, or type, code and id, of the original direction, as options of <c>conntrack -D</c>.</summary>
    public required ImmutableArray<string> Selectors { get; init; }

    /// <summary>The arguments of <c>conntrack</c> that delete this entry and no other.</summary>
    public string DeleteLine
    {
        get
        {
            string family = OriginalSource.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6
                ? "-f ipv6 "
                : "";
            string selectors = string.Join(' ', Selectors);
            return $"-D {family}-p {Protocol} -s {OriginalSource} -d {OriginalDestination} {selectors}".TrimEnd();
        }
    }
}
