using System.Collections.Immutable;
using TailSplit.Core.Containers;
using TailSplit.Core.Model;

namespace TailSplit.Execution.Containers;

/// <summary>The result of a search for a network by name.</summary>
/// <param name="Network">The network; null if no engine has it.</param>
/// <param name="Unseen">The engines that could not be asked, which may have a network of the same name.</param>
public sealed record FoundNetwork(DockerNetwork? Network, ImmutableArray<UnseenEngine> Unseen);
