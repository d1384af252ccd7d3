using System.Collections.Immutable;
using TailSplit.Core.Model;

namespace TailSplit.Core.Containers;

/// <summary>The name servers that a container uses.</summary>
/// <param name="Container">Its name.</param>
/// <param name="Own">Servers that are queried from its own namespace.</param>
/// <param name="ByHost">Servers that Docker queries for it from the host's namespace.</param>
public sealed record NameQuestions(string Container, ImmutableArray<string> Own, ImmutableArray<string> ByHost)
{
    /// <summary>
    /// Servers that Podman's own name server (aardvark-dns) queries for it. That process of the host listens on the
    /// gateway of the network and uses the servers of the host's resolv.conf.
    /// </summary>
    public ImmutableArray<string> ByPodman { get; init; } = [];

    /// <summary>Reads them from a container's resolv.conf.</summary>
    /// <param name="container">The container.</param>
    /// <param name="resolvConf">Its file.</param>
    /// <param name="hosts">The host's; null if it can't be seen.</param>
    public static NameQuestions Of(DockerContainer container, string resolvConf, string? hosts)
    {
        ImmutableArray<string> own = EmbeddedDns.AskedByContainer(resolvConf, hosts);
        string[] podmans = container.Engine == ContainerEngine.Podman
            ? [.. own.Where(server => container.Networks.Any(endpoint => endpoint.HasGateway(server)))]
            : [];
        return new NameQuestions(container.Name, [.. own.Except(podmans)], EmbeddedDns.AskedByHost(resolvConf))
        {
            ByPodman = podmans.Length == 0 ? [] : [.. EmbeddedDns.NameServers(hosts ?? "")],
        };
    }
}
