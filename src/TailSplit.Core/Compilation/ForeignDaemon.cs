using TailSplit.Core.Containers;
using TailSplit.Core.Kernel;
using TailSplit.Core.Model;

namespace TailSplit.Core.Compilation;

/// <summary>
/// Distinguishes the rootful Docker daemon of this host from any other. Rules on a bridge of another machine have no
/// effect, and the labels of a foreign daemon say nothing about this host.
/// </summary>
public static class ForeignDaemon
{
    private const string Socket = "unix://";

    /// <summary>Why the daemon is not this host's own; null if it is.</summary>
    /// <param name="endpoint">Where the client finds it; null if that is not known.</param>
    /// <param name="info">What it says of itself.</param>
    /// <param name="hostName">The name of this host.</param>
    /// <param name="networks">Networks of it.</param>
    /// <param name="interfaces">The interfaces of this host; none where they can't be read.</param>
    public static string? WhyForeign(
        string? endpoint, DockerInfo info, string hostName, IReadOnlyCollection<DockerNetwork> networks,
        IReadOnlyCollection<HostInterface> interfaces)
    {
        if (info.IsRootless)
            return "it is rootless, and its bridges are in a network namespace of its own";

        if (info.OperatingSystem?.Contains("Docker Desktop", StringComparison.OrdinalIgnoreCase) == true)
            return "it is Docker Desktop, whose networks are in a virtual machine";

        if (endpoint is not null && !endpoint.StartsWith(Socket, StringComparison.Ordinal))
            return $"the client talks to {QuotedText.Of(endpoint)}, not to a socket of this host";

        if (endpoint is not null && IsOfUser(endpoint[Socket.Length..]))
            return $"the client talks to {QuotedText.Of(endpoint)}, the socket of a user's own Docker";

        if (interfaces.Count == 0)
            return null;

        DockerNetwork[] running =
        [
            .. networks.Where(network => network is { Driver: "bridge", Bridge: not null, Containers.IsEmpty: false })
        ];
        bool isHere = networks.Any(network => IsHere(network, interfaces));
        if (running.Length > 0 && !isHere
            && !running.Any(network => interfaces.Any(link => link.Name == network.Bridge)))
            return $"the bridge of its running containers, {QuotedText.Of(running[0].Bridge)}, is not an interface " +
                "of this host";

        return !isHere && info.HostName is { Length: > 0 } name && !IsSameHost(name, hostName)
            ? $"it runs on the host '{QuotedText.Of(name)}', and this one is '{QuotedText.Of(hostName)}'"
            : null;
    }

    // /run/user/1000/docker.sock is rootless Docker; ~/.docker, ~/.colima and the like lead into virtual machines.
    private static bool IsOfUser(string path) =>
        path.StartsWith("/run/user/", StringComparison.Ordinal)
        || path.StartsWith("/var/run/user/", StringComparison.Ordinal)
        || path.Contains("/.", StringComparison.Ordinal);

    // The name of such a bridge is made of the network's random id. A name that a person gave may be on any host.
    private static bool IsHere(DockerNetwork network, IReadOnlyCollection<HostInterface> interfaces) =>
        network.Bridge == $"br-{network.ShortId}" && interfaces.Any(link => link.Name == network.Bridge);

    private static bool IsSameHost(string one, string other) =>
        string.Equals(one.Split('.')[0], other.Split('.')[0], StringComparison.OrdinalIgnoreCase);
}
