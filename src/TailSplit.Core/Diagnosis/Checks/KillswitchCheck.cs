using System.Collections.Immutable;
using TailSplit.Core.Containers;
using TailSplit.Core.Hosts;
using TailSplit.Core.Model;

namespace TailSplit.Core.Diagnosis.Checks;

/// <summary>A check of the containers behind a killswitch, which needs Docker's answer.</summary>
internal abstract class KillswitchCheck : IHostCheck
{
    public abstract string Name { get; }

    public virtual IEnumerable<CheckResult> Run(Host host)
    {
        if (host.Containers.Trouble is string trouble)
            return host.Killswitches.Take(1).Select(_ => CheckResult.Skipped(Name, trouble));

        return host.Killswitches.Select(policy => host.NetworkOf(policy.Policy) is DockerNetwork network
            ? Examine((KillswitchPolicy)policy.Policy, network, host)
            : CheckResult.Skipped(Name, Unknown(policy.Policy, host.Containers.Reported), policy.Policy.Name));
    }

    private static string Unknown(Policy policy, HostNetworks seen) => policy.Target.Network is PolicyName name
        ? $"{seen.Lacks(name.ToString())}{(seen.Unseen.IsEmpty ? " now" : "")}: the containers behind the policy are " +
            "unknown."
        : $"The policy names a subnet or bridge that no network of {EngineText.List(seen.Engines)} has, so its " +
            "containers are unknown.";

    /// <summary>
    /// The running containers of a network: those on it, and those that share the namespace of one of them.
    /// </summary>
    protected static ImmutableArray<DockerContainer> MembersOf(DockerNetwork network, Host host)
    {
        List<DockerContainer> members = [.. host.Containers.On(network)];
        // A child can have children of its own.
        for (int i = 0; i < members.Count; i++)
            members.AddRange(
                host.Containers.Running.Where(child => IsChildOf(child, members[i]) && !members.Contains(child)));

        return [.. members];
    }

    /// <summary>
    /// The network on which a container was started (HostConfig.NetworkMode); null if it has left it.
    /// </summary>
    protected static DockerNetwork? HomeOf(DockerContainer container, Host host) =>
        host.Containers.Networks.FirstOrDefault(network =>
        (
            container.NetworkMode is "default"
                ? network.Name == "bridge"
                : network.Name == container.NetworkMode || network.Id == container.NetworkMode)
        && container.Networks.Any(endpoint => endpoint.IsOn(network)));

    /// <summary>The examined containers, for a Pass: "3 running containers (a, b, c)".</summary>
    protected static string Seen(IReadOnlyCollection<DockerContainer> containers) => containers.Count == 0
        ? "no running container"
        : $"{containers.Count} running {ListText.Plural(containers.Count, "container")} ({ListText.Of(containers)})";

    private static bool IsChildOf(DockerContainer child, DockerContainer parent)
    {
        const string mode = "container:";
        if (!child.NetworkMode.StartsWith(mode, StringComparison.Ordinal) || child == parent)
            return false;

        string name = child.NetworkMode[mode.Length..];
        return name == parent.Name
            || name == parent.Id
            || (name.Length >= 12 && parent.Id.StartsWith(name, StringComparison.Ordinal));
    }

    protected abstract CheckResult Examine(KillswitchPolicy policy, DockerNetwork network, Host host);

    /// <summary>
    /// Other networks of a container by which it could leave: those that lead out and have no killswitch.
    /// </summary>
    protected static IEnumerable<DockerNetwork> OpenNetworks(
        DockerContainer container, DockerNetwork closed, Host host)
    {
        HashSet<string> shut = [.. host.Killswitches
            .Select(policy => host.NetworkOf(policy.Policy)?.Id)
            .OfType<string>()];
        return host.Containers.Networks.Where(network =>
            network.Id != closed.Id && !network.Internal && network.Driver != "null" && !shut.Contains(network.Id)
            && container.Networks.Any(endpoint => endpoint.IsOn(network)));
    }

    /// <summary>macvlan and ipvlan frames leave by the parent interface, past all rules.</summary>
    protected static bool IsPastRules(DockerNetwork network) => network.Driver is "macvlan" or "ipvlan";
}
