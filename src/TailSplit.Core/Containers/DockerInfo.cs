using System.Text.Json;
using TailSplit.Core.Errors;
using TailSplit.Core.Json;

namespace TailSplit.Core.Containers;

/// <summary>The daemon as <c>docker info</c> reports it.</summary>
/// <param name="Version">The engine's version.</param>
/// <param name="FirewallBackend">iptables or nftables, "+firewalld" where that runs; null before Engine 28.3, which
/// knew iptables only.</param>
/// <param name="IsRootless">Whether bridges live in a network namespace of their own, where no rule of the host sees
/// them.</param>
public sealed record DockerInfo(string Version, string? FirewallBackend, bool IsRootless)
{
    /// <summary>Its operating system; "Docker Desktop" in that virtual machine.</summary>
    public string? OperatingSystem { get; init; }

    /// <summary>The name of the host on which it runs.</summary>
    public string? HostName { get; init; }
}

/// <summary>
/// Reads <c>docker info --format '{{json .}}'</c> (moby api/types/system/info.go: Info, FirewallInfo).
/// </summary>
public static class DockerInfoJson
{
    /// <returns>Null if the daemon does not answer: the client then prints only its own part.</returns>
    /// <exception cref="TailSplitException">UnreadableOutput.</exception>
    public static DockerInfo? Parse(string json) => JsonText.Read("docker info", json, Read);

    private static DockerInfo? Read(JsonElement element) =>
        IsPodman(element)
            ? throw Failures.DockerIsPodman(null).ToException()
        : element.Text("ServerVersion") is { Length: > 0 } version
            ? new DockerInfo(
                version,
                element.Property("FirewallBackend") is JsonElement backend ? backend.Text("Driver") : null,
                element.Texts("SecurityOptions")
                    .Any(option => option.Contains("name=rootless", StringComparison.Ordinal)))
            {
                OperatingSystem = element.Text("OperatingSystem"),
                HostName = element.Text("Name"),
            }
            : null;

    // podman info has "host" and "version" instead (podman-info(1)). Docker's client at the socket of Podman prints
    // Docker's keys, and the license of Podman (containers/podman pkg/api/handlers/compat/info.go).
    private static bool IsPodman(JsonElement element) =>
        (element.Property("host") is not null && element.Property("ServerVersion") is null)
        || element.Text("ProductLicense") == "Apache-2.0";
}
