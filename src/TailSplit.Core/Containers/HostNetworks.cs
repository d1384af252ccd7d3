using System.Collections.Immutable;
using TailSplit.Core.Model;

namespace TailSplit.Core.Containers;

/// <summary>The networks of all container engines of a host, as far as they could be asked.</summary>
/// <param name="Networks">The networks that were seen.</param>
public sealed record HostNetworks(ImmutableArray<DockerNetwork> Networks)
{
    /// <summary>The engines that the host has.</summary>
    public ImmutableArray<ContainerEngine> Engines { get; init; } = [ContainerEngine.Docker];

    /// <summary>Those of them that could not be asked: their networks are not among these.</summary>
    public ImmutableArray<UnseenEngine> Unseen { get; init; } = [];

    /// <summary>Whether no engine could be asked: nothing is known of any network.</summary>
    public bool IsUnknown => Unseen.Length == Engines.Length;

    /// <summary>
    /// Whether the state of a policy's network is known. An engine that can't be asked may have it, or another one of
    /// the same name.
    /// </summary>
    public bool Tells(PolicyTarget target) => Unseen.IsEmpty || Networks.Any(target.IsOn);

    /// <summary>A clause that no engine has the network, or why that is not known. It can begin a sentence.</summary>
    public string Lacks(string network) => Unseen.IsEmpty
        ? EngineText.Lack(Engines, network)
        : $"{EngineText.List(Unseen.Select(unseen => unseen.Engine))} {(Unseen.Length == 1 ? "does" : "do")} not " +
            "answer";
}
