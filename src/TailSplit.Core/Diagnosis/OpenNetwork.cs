using TailSplit.Core.Hosts;
using TailSplit.Core.Model;

namespace TailSplit.Core.Diagnosis;

/// <summary>A bridge network that needs the internet: with a bypass, or in use without a policy.</summary>
/// <param name="Name">Its name, or that of its policy.</param>
/// <param name="Bridge">Its bridge.</param>
/// <param name="Subnets">Its subnets.</param>
/// <param name="Policy">Its bypass; null for none.</param>
internal sealed record OpenNetwork(string Name, string Bridge, IReadOnlyList<Cidr> Subnets, BypassPolicy? Policy)
{
    /// <summary>Its engine; Docker if it is not known.</summary>
    public ContainerEngine Engine { get; init; }

    public static IEnumerable<OpenNetwork> On(Host host)
    {
        // A removed network sends nothing.
        HashSet<string> links = [.. host.Routing.Interfaces.Select(link => link.Name)];
        Policy[] policies = [.. host.Policies.Select(policy => policy.Policy)];
        foreach (BypassPolicy bypass in policies.OfType<BypassPolicy>().Where(bypass =>
            bypass.Target.Bridge is InterfaceName bridge && links.Contains(bridge.ToString())))
        {
            yield return new(
                bypass.Name.ToString(),
                bypass.Target.Bridge.ToString()!,
                [.. bypass.Target.Subnets.Where(IsUsable)],
                bypass)
            {
                Engine = host.NetworkOf(bypass)?.Engine ?? ContainerEngine.Docker,
            };
        }

        HashSet<string> taken = [.. policies.Select(policy => policy.Target.Bridge?.ToString()).OfType<string>()];
        IEnumerable<DockerNetwork> open = host.Containers.Networks.Where(network =>
            network is { Internal: false, Bridge: not null, IsRouted: false }
            && !taken.Contains(network.Bridge)
            && host.Containers.On(network).Any());
        foreach (DockerNetwork network in open)
        {
            yield return new(network.Name, network.Bridge!, [.. network.Prefixes.Where(IsUsable)], null)
            {
                Engine = network.Engine,
            };
        }

        // Tailscale drops packets from its own range, which Replies reports.
        bool IsUsable(Cidr subnet) => !host.Environment.Provider.Overlaps(subnet);
    }
}
