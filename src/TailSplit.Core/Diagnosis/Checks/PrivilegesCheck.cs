using System.Collections.Immutable;
using TailSplit.Core.Hosts;
using TailSplit.Core.Model;

namespace TailSplit.Core.Diagnosis.Checks;

/// <summary>
/// Containers behind a killswitch that could circumvent it: by a macvlan or ipvlan network, or by control over the
/// host. NET_ADMIN and NET_RAW control only the container's own namespace: rules match the bridge, so neither another
/// route nor a forged source address helps.
/// </summary>
internal sealed class PrivilegesCheck : KillswitchCheck
{
    // capabilities(7): modules belong to the kernel, and SYS_ADMIN can mount and enter other namespaces.
    private static readonly string[] s_overHost = ["ALL", "SYS_ADMIN", "SYS_MODULE"];

    // A client of one of these can start privileged containers. A read-only mount does not prevent a connection
    // (unix(7)).
    private static readonly string[] s_daemonSockets =
        ["/run/docker.sock", "/run/containerd/containerd.sock", "/run/podman/podman.sock"];

    private static readonly string[] s_overOwnNamespace = ["NET_ADMIN", "NET_RAW"];

    public override string Name => "Privileges";

    protected override CheckResult Examine(KillswitchPolicy policy, DockerNetwork network, Host host)
    {
        ImmutableArray<DockerContainer> members = MembersOf(network, host);
        string[] past = [.. members.SelectMany(container => OpenNetworks(container, network, host)
            .Where(IsPastRules)
            .Select(other => $"{container} is on {other}, a {other.Driver} network, whose packets meet no rule"))];
        string[] power = [.. members.Select(container => PowerOf(container)).OfType<string>()];
        string detail = string.Join("; ", past.Concat(power));
        return past.Length > 0 ? CheckResult.Fail(
                Name,
                $"Outside the killswitch: {detail}. No rule on this host can close that: start the container on one " +
                    "of the two networks only.",
                remedy: null, policy.Name)
            : power.Length > 0 ? CheckResult.Warn(
                Name,
                $"Could circumvent the killswitch: {detail}. No rule stops a container that controls the host: start " +
                    "it with fewer privileges if possible.",
                remedy: null, policy.Name)
            : CheckResult.Pass(
                Name,
                $"Containers on {network}: {Seen(members)}. None controls the host.{Notes(members, host)}",
                policy.Name);
    }

    private static string Notes(IEnumerable<DockerContainer> members, Host host)
    {
        string[] own = [.. members
            .Select(container => (container, Added: s_overOwnNamespace.Intersect(container.AddedCapabilities).ToArray()))
            .Where(each => each.Added.Length > 0)
            .Select(each => $"{each.container} ({string.Join(", ", each.Added)})")];
        string[] onHost = [.. host.Containers.Running
            .Where(container => container.NetworkMode == "host")
            .Select(container => container.Name)];
        return (
            own.Length > 0
                ? " These control only their own network namespace, which has no rule of this host: " +
                    $"{ListText.Of(own)}."
                : "")
            + (onHost.Length > 0
                    ? $" These are on the host's network, where no policy applies: {ListText.Of(onHost)}."
                    : "");
    }

    private static string? PowerOf(DockerContainer container)
    {
        string[] added = [.. s_overHost.Intersect(container.AddedCapabilities)];
        return container.Privileged ? $"{container} is privileged: it can change the host's rules"
            : added.Length > 0 ? $"{container} has {string.Join(" and ", added)}"
            : container.HostPaths.FirstOrDefault(HoldsDaemonSocket) is string path ?
                $"{container} has {path} of the host mounted: by the socket of a container daemon it can start " +
                    "a privileged container"
            // CAP_KILL is a default of Docker, and without a user namespace it reaches the host's processes.
            : container.SharesHostProcesses ?
                $"{container} sees the processes of the host (--pid=host): it can end them, also TailSplit's watcher"
            : null;
    }

    // The socket itself, wherever the daemon has it, or a folder of the host that contains it.
    private static bool HoldsDaemonSocket(string path)
    {
        // /var/run is a link to /run.
        string real = path.StartsWith("/var/run", StringComparison.Ordinal) ? path["/var".Length..] : path;
        // The socket of a user's own daemon gives no more rights than that user has.
        if (real.StartsWith("/run/user/", StringComparison.Ordinal))
            return false;

        return Path.GetFileName(real) is "docker.sock" or "containerd.sock" or "podman.sock"
            || Array.Exists(
                s_daemonSockets, socket => socket.StartsWith($"{real.TrimEnd('/')}/", StringComparison.Ordinal));
    }
}
