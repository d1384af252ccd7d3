using System.Collections.Immutable;
using TailSplit.Core.Model;

namespace TailSplit.Core.Containers;

/// <summary>Whom a container asks for names.</summary>
/// <param name="Container">Its name.</param>
/// <param name="Own">Servers that are asked from its own namespace.</param>
/// <param name="ByHost">Servers that Docker asks for it from the host's.</param>
public sealed record NameQuestions(string Container, ImmutableArray<string> Own, ImmutableArray<string> ByHost)
{
    /// <summary>
    /// Servers that Podman's own name server asks for it. That is a process of the host (aardvark-dns), which listens
    /// on the gateway of the network and asks whom the host's resolv.conf names.
    /// </summary>
    public ImmutableArray<string> ByPodman { get; init; } = [];

    /// <summary>Reads them of a container's resolv.conf.</summary>
    /// <param name="container">The container.</param>
    /// <param name="resolvConf">Its file.</param>
    /// <param name="hosts">The host's; null where it can't be seen.</param>
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
