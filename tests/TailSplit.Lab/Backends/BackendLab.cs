using TailSplit.Lab.Attacks;

namespace TailSplit.Lab.Backends;

/// <summary>The contract's three networks on an ordinary host, where each command says which backend it writes to.</summary>
public sealed class BackendLab() : AttackLab(new());

/// <summary>The tests that share it, one after another.</summary>
[CollectionDefinition]
public sealed class SharedBackendLab : ICollectionFixture<BackendLab>;
