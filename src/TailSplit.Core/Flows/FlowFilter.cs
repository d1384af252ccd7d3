using System.Collections.Immutable;
using System.Net;
using TailSplit.Core.Model;

namespace TailSplit.Core.Flows;

/// <summary>
/// The connections that one <c>conntrack -D</c> ends: those that match all that is given. It looks through the kernel's
/// whole table, so a few filters are quick where one call for each connection is not.
/// </summary>
public sealed record FlowFilter(IpFamily Family)
{
    public Cidr? Source { get; init; }

    public Cidr? Destination { get; init; }

    /// <summary>One address: of the reply's, conntrack takes no prefix ("CIDR notation unavailable").</summary>
    public IPAddress? ReplySource { get; init; }

    /// <inheritdoc cref="ReplySource"/>
    public IPAddress? ReplyDestination { get; init; }

    /// <summary>This connection and no other; null for all that the prefixes match.</summary>
    public ConntrackEntry? Only { get; init; }

    /// <summary>The arguments of <c>conntrack</c>.</summary>
    public ImmutableArray<string> Arguments => Only is not null
        ? [.. Only.DeleteLine.Split(' ')]
        :
        [
            "-D", "-f", Family == IpFamily.IPv4 ? "ipv4" : "ipv6",
            .. Option("-s", Source), .. Option("-d", Destination),
            .. Option("-r", ReplySource), .. Option("-q", ReplyDestination),
        ];

    public bool Matches(ConntrackEntry entry) => Only is not null
        ? Only == entry
        : Source?.Contains(entry.OriginalSource) != false
            && Destination?.Contains(entry.OriginalDestination) != false
            && (ReplySource is null || ReplySource.Equals(entry.ReplySource))
            && (ReplyDestination is null || ReplyDestination.Equals(entry.ReplyDestination));

    private static IEnumerable<string> Option(string name, IPAddress? address) =>
        address is null ? [] : [name, address.ToString()];

    // A prefix of length 0 is every address, which no option says as well.
    private static IEnumerable<string> Option(string name, Cidr? prefix) =>
        prefix is { PrefixLength: > 0 } given ? [name, given.ToString()] : [];
}
