namespace TailSplit.Lab.Transitions;

/// <summary>The tests that share the lab in which Docker itself changes, one after another.</summary>
[CollectionDefinition]
public sealed class DockerTransitions : ICollectionFixture<DockerLab>;
