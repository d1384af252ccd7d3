using System.Collections.Immutable;

namespace TailSplit.Core.Text;

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

    /// <summary>The servers that are asked from the host's namespace.</summary>
    public static ImmutableArray<string> AskedByHost(string resolvConf)
    {
        foreach (ReadOnlySpan<char> line in resolvConf.AsSpan().EnumerateLines())
        {
            if (!line.StartsWith(Heading, StringComparison.Ordinal))
                continue;

            return
            [
                .. line[Heading.Length..].Trim().TrimEnd(']').ToString()
                    .Split(' ', StringSplitOptions.RemoveEmptyEntries)
                    .Where(server => server.StartsWith(Host, StringComparison.Ordinal))
                    .Select(server => server[Host.Length..].TrimEnd(')')),
            ];
        }

        return [];
    }
}
