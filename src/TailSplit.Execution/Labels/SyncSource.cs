using System.Collections.Immutable;
using TailSplit.Core;
using TailSplit.Core.Desired;
using TailSplit.Core.Documents;
using TailSplit.Core.Model;
using TailSplit.Execution.Containers;
using TailSplit.Execution.Files;
using TailSplit.Execution.Hosts;
using TailSplit.Execution.Programs;

namespace TailSplit.Execution.Labels;

/// <summary>
/// A source of wanted policies. Closed: <see cref="LabelSource"/> or <see cref="FileSource"/>.
/// </summary>
public abstract class SyncSource
{
    private protected SyncSource()
    {
    }

    /// <summary>What the policies that come from there are marked with.</summary>
    public abstract PolicyOrigin Origin { get; }

    /// <summary>The policies that this source wants on this host.</summary>
    /// <param name="runner">Reaches Docker.</param>
    /// <param name="state">The host.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    public abstract Task<DesiredPolicies> ReadAsync(
        IProgramRunner runner, HostState state, CancellationToken cancellationToken);
}

/// <summary>The labels of Docker's networks.</summary>
public sealed class LabelSource : SyncSource
{
    public override PolicyOrigin Origin => PolicyOrigin.Labels;

    /// <exception cref="TailSplitException">
    /// What <see cref="Docker.GetNetworksAsync"/> throws: then nothing is known, and nothing may change.
    /// </exception>
    public override async Task<DesiredPolicies> ReadAsync(
        IProgramRunner runner, HostState state, CancellationToken cancellationToken) =>
        LabelledNetworks.Read(
            await new Docker(runner).GetNetworksAsync(cancellationToken).ConfigureAwait(false), state.TunnelName,
            state.WhyNoTunnel);
}

/// <summary>A policy file.</summary>
/// <param name="path">Its full path, by which its policies are known.</param>
public sealed class FileSource(string path) : SyncSource
{
    public string Path { get; } = path;

    public override PolicyOrigin Origin { get; } = PolicyOrigin.OfFile(path);

    /// <exception cref="TailSplitException">What <see cref="PolicyFile"/> throws.</exception>
    public override async Task<DesiredPolicies> ReadAsync(
        IProgramRunner runner, HostState state, CancellationToken cancellationToken) =>
        await FindAsync(
            await PolicyFile.ReadAsync(Path, cancellationToken).ConfigureAwait(false), runner, state, cancellationToken)
            .ConfigureAwait(false);

    /// <summary>
    /// What a file that has been read asks of this host. Without Docker, killswitches hold where they were last known.
    /// </summary>
    /// <param name="document">What the file says.</param>
    /// <param name="runner">Reaches Docker.</param>
    /// <param name="state">The host.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    public static async Task<DesiredPolicies> FindAsync(
        PolicyDocument document, IProgramRunner runner, HostState state, CancellationToken cancellationToken)
    {
        Failure? failure = null;
        ImmutableArray<DockerNetwork>? networks = null;
        if (document.Policies.Any(policy => policy.Policy.Target.Network is not null))
        {
            try
            {
                networks = await new Docker(runner).GetNetworksAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (TailSplitException e)
            {
                failure = e.Failure;
            }
        }

        DesiredPolicies desired = DocumentedNetworks.Find(
            document, networks, state.Interfaces, state.TunnelName, state.WhyNoTunnel);
        return failure is null ? desired : desired with { Failures = desired.Failures.Insert(0, failure) };
    }
}
