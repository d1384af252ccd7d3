using System.Collections.Immutable;

namespace TailSplit.Core.Diagnosis;

/// <summary>Whom a container asks for names.</summary>
/// <param name="Container">Its name.</param>
/// <param name="Own">Servers that are asked from its own namespace.</param>
/// <param name="ByHost">Servers that Docker asks for it from the host's.</param>
public sealed record NameQuestions(string Container, ImmutableArray<string> Own, ImmutableArray<string> ByHost);
