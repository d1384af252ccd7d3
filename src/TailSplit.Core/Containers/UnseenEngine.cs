using TailSplit.Core.Model;

namespace TailSplit.Core.Containers;

/// <summary>A container engine that could not be asked.</summary>
/// <param name="Engine">Which one.</param>
/// <param name="Failure">Why.</param>
public sealed record UnseenEngine(ContainerEngine Engine, Failure Failure);
