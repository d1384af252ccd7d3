using TailSplit.Core.Model;

namespace TailSplit.Core.Diagnosis.Checks;

/// <summary>A check of the containers behind a killswitch, for which Docker must be asked.</summary>
internal abstract class KillswitchCheck : IHostCheck
{
    public abstract string Name { get; }

    public virtual IEnumerable<CheckResult> Run(HostSnapshot host)
    {
        if (host.DockerTrouble is string trouble)
            return host.Killswitches.Take(1).Select(_ => CheckResult.Skipped(Name, trouble));

        return host.Killswitches.Select(policy => host.NetworkOf(policy.Policy) is DockerNetwork network
            ? Look((KillswitchPolicy)policy.Policy, network, host)
            : CheckResult.Pass(Name, "No Docker network is behind it.", policy.Policy.Name));
    }

    protected abstract CheckResult Look(KillswitchPolicy policy, DockerNetwork network, HostSnapshot host);

    /// <summary>
    /// Other networks of a container by which it could leave: those that lead out and have no killswitch.
    /// </summary>
    protected static IEnumerable<DockerNetwork> OpenNetworks(
        DockerContainer container, DockerNetwork closed, HostSnapshot host)
    {
        HashSet<string> shut = [.. host.Killswitches
            .Select(policy => host.NetworkOf(policy.Policy)?.Id)
            .OfType<string>()];
        return host.Networks.Where(network =>
            network.Id != closed.Id && !network.Internal && network.Driver != "null" && !shut.Contains(network.Id)
            && container.Networks.Any(endpoint => endpoint.IsOn(network)));
    }

    /// <summary>macvlan and ipvlan frames leave by the parent interface, past all rules.</summary>
    protected static bool IsPastRules(DockerNetwork network) => network.Driver is "macvlan" or "ipvlan";
}
