namespace TailSplit.Lab.Truth;

/// <summary>The tests that share one ordinary lab, one after another; each sets Tailscale's state first.</summary>
[CollectionDefinition]
public sealed class SharedTruthLab : ICollectionFixture<TruthLab>;
