using System.Collections.Immutable;
using TailSplit.Core.Containers;
using TailSplit.Core.Model;

namespace TailSplit.Execution.Containers;

/// <summary>What a search for a network by name came to.</summary>
/// <param name="Network">The network; null where no engine has it.</param>
/// <param name="Unseen">Engines that could not be asked, which may have another network of the name.</param>
public sealed record FoundNetwork(DockerNetwork? Network, ImmutableArray<UnseenEngine> Unseen);
