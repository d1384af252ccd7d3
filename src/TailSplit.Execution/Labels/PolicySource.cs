using TailSplit.Core;
using TailSplit.Core.Containers;
using TailSplit.Core.Desired;
using TailSplit.Core.Documents;
using TailSplit.Core.Hosts;
using TailSplit.Core.Model;
using TailSplit.Execution.Containers;
using TailSplit.Execution.Files;

namespace TailSplit.Execution.Labels;

/// <summary>A source of wanted policies. Closed: <see cref="LabelSource"/> or <see cref="FileSource"/>.</summary>
public abstract class PolicySource
{
    private protected PolicySource()
    {
    }

    /// <summary>The origin that the rules of its policies record.</summary>
    public abstract PolicyOrigin Origin { get; }

    /// <summary>Reads the policies that this source wants on this host.</summary>
    /// <param name="engines">The container engines of the host.</param>
    /// <param name="host">The host.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    public abstract Task<DesiredPolicies> ReadAsync(
        HostEngines engines, Host host, CancellationToken cancellationToken);
}

/// <summary>The labels of Docker's networks.</summary>
public sealed class LabelSource : PolicySource
{
    public override PolicyOrigin Origin => PolicyOrigin.Labels;

    /// <exception cref="TailSplitException">
    /// As <see cref="HostEngines.GetNetworksAsync"/>: the labels are unknown, so nothing may change.
    /// </exception>
    public override async Task<DesiredPolicies> ReadAsync(
        HostEngines engines, Host host, CancellationToken cancellationToken)
    {
        HostNetworks networks = await engines.GetNetworksAsync(cancellationToken).ConfigureAwait(false);
        DesiredPolicies desired = LabelledNetworks.Read(networks.Networks, host.TunnelName, host.WhyNoTunnel);
        return networks.Unseen.IsEmpty ? desired : desired with
        {
            Failures = desired.Failures.InsertRange(0, networks.Unseen.Select(unseen => unseen.Failure)),
            // A policy whose network is not found stays: the network may be on the engine that does not answer.
            Held = desired.Held.AddRange(host.Policies
                .Where(live => live.SaysOrigin && live.Policy.Origin == Origin && !networks.Tells(live.Policy.Target))
                .Select(live => live.Policy.Name)),
        };
    }
}

/// <summary>A policy file.</summary>
/// <param name="path">Its full path, which the rules of its policies record.</param>
public sealed class FileSource(string path) : PolicySource
{
    public string Path { get; } = path;

    public override PolicyOrigin Origin { get; } = PolicyOrigin.OfFile(path);

    /// <exception cref="TailSplitException">As <see cref="PolicyFile"/>.</exception>
    public override async Task<DesiredPolicies> ReadAsync(
        HostEngines engines, Host host, CancellationToken cancellationToken) =>
        await FindAsync(
            await PolicyFile.ReadAsync(Path, cancellationToken).ConfigureAwait(false),
            engines,
            host,
            cancellationToken).ConfigureAwait(false);

    /// <summary>
    /// The policies that a document wants on this host. If no engine answers, killswitches go where they last were.
    /// </summary>
    /// <param name="document">The document.</param>
    /// <param name="engines">The container engines of the host.</param>
    /// <param name="host">The host.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    public static async Task<DesiredPolicies> FindAsync(
        PolicyDocument document, HostEngines engines, Host host, CancellationToken cancellationToken)
    {
        HostNetworks networks = document.Policies.Any(policy => policy.Policy.Target.Network is not null)
            ? await engines.ReadAsync(cancellationToken).ConfigureAwait(false)
            : new HostNetworks([]);
        DesiredPolicies desired = DocumentedNetworks.Find(
            document, networks, host.Routing.Interfaces, host.TunnelName, host.WhyNoTunnel);
        return desired with
        {
            Failures = desired.Failures.InsertRange(0, networks.Unseen.Select(unseen => unseen.Failure)),
        };
    }
}
