using System.Collections.Immutable;

namespace TailSplit.Core.Containers;

/// <summary>
/// Reads from a container's resolv.conf to which servers Docker's own name server forwards queries. Engine 26 and later
/// write it in a comment, <c># ExtServers: [host(10.0.0.1) 1.1.1.1]</c>: "host" are those asked from the host's network
/// namespace, where no rule of the container applies (moby libnetwork/internal/resolvconf/resolvconf.go; since Engine
/// 28 all that the host's own resolv.conf named).
/// </summary>
public static class EmbeddedDns
{
    private const string Heading = "# ExtServers: [";
    private const string Host = "host(";
    private const string NameServer = "nameserver ";
    private const string Docker = "127.0.0.11";

    /// <summary>The servers that are queried from the host's namespace.</summary>
    public static ImmutableArray<string> AskedByHost(string resolvConf) => [.. External(resolvConf)
        .Where(server => server.StartsWith(Host, StringComparison.Ordinal))
        .Select(server => server[Host.Length..].TrimEnd(')'))];

    /// <summary>
    /// The servers that are queried from the container's own namespace, where a killswitch applies. Before Engine 26
    /// Docker does not record them; they are those of the host's own resolv.conf.
    /// </summary>
    /// <param name="resolvConf">The container's.</param>
    /// <param name="hosts">The host's; null if it can't be seen.</param>
    public static ImmutableArray<string> AskedByContainer(string resolvConf, string? hosts)
    {
        string[] direct = [.. NameServers(resolvConf)];
        if (!direct.Contains(Docker))
            return [.. direct];

        return resolvConf.Contains(Heading, StringComparison.Ordinal)
            ? [.. External(resolvConf).Where(server => !server.StartsWith(Host, StringComparison.Ordinal))]
            // A server on the host's loopback is not used.
            : [.. NameServers(hosts ?? "")
                .Where(server => !server.StartsWith("127.", StringComparison.Ordinal) && server != "::1")];
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

            return line[Heading.Length..]
                .Trim()
                .TrimEnd(']')
                .ToString()
                .Split(' ', StringSplitOptions.RemoveEmptyEntries);
        }

        return [];
    }
}
