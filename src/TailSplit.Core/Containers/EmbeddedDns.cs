using System.Collections.Immutable;

namespace TailSplit.Core.Containers;

/// <summary>
/// Reads of a container's resolv.conf from where Docker's own name server passes questions on. Engine 26 and later say
/// it in a comment, <c># ExtServers: [host(10.0.0.1) 1.1.1.1]</c>: "host" are those asked from the host's network
/// namespace, past every rule about the container (moby libnetwork/internal/resolvconf/resolvconf.go; since Engine 28
/// all that the host's own resolv.conf named).
/// </summary>
public static class EmbeddedDns
{
    private const string Heading = "# ExtServers: [";
    private const string Host = "host(";
    private const string NameServer = "nameserver ";
    private const string Docker = "127.0.0.11";

    /// <summary>The servers that are asked from the host's namespace.</summary>
    public static ImmutableArray<string> AskedByHost(string resolvConf) => [.. External(resolvConf)
        .Where(server => server.StartsWith(Host, StringComparison.Ordinal))
        .Select(server => server[Host.Length..].TrimEnd(')'))];

    /// <summary>
    /// The servers that are asked from the container's own namespace, where a killswitch sees the questions. Before
    /// Engine 26 Docker's server does not say whom it asks, which is whom the host's own resolv.conf names.
    /// </summary>
    /// <param name="resolvConf">The container's.</param>
    /// <param name="hosts">The host's; null where it can't be seen.</param>
    public static ImmutableArray<string> AskedByContainer(string resolvConf, string? hosts)
    {
        string[] direct = [.. NameServers(resolvConf)];
        if (!direct.Contains(Docker))
            return [.. direct];

        return resolvConf.Contains(Heading, StringComparison.Ordinal)
            ? [.. External(resolvConf).Where(server => !server.StartsWith(Host, StringComparison.Ordinal))]
            // A server on the host's loopback is not handed on.
            : [.. NameServers(hosts ?? "").Where(server => !server.StartsWith("127.", StringComparison.Ordinal) && server != "::1")];
    }

    /// <summary>The servers of a resolv.conf (resolv.conf(5)).</summary>
    public static IEnumerable<string> NameServers(string resolvConf) => resolvConf
        .Split('\n', StringSplitOptions.TrimEntries)
        .Where(line => line.StartsWith(NameServer, StringComparison.Ordinal))
        .Select(line => line[NameServer.Length..].Trim());

    private static string[] External(string resolvConf)
    {
        foreach (ReadOnlySpan<char> line in resolvConf.AsSpan().EnumerateLines())
        {
            if (!line.StartsWith(Heading, StringComparison.Ordinal))
                continue;

            return line[Heading.Length..].Trim().TrimEnd(']').ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        }

        return [];
    }
}
