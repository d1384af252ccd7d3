using TailSplit.Lab.Attacks;

namespace TailSplit.Lab.Transitions;

/// <summary>The tests that share a lab with policies in nftables, one after another.</summary>
[CollectionDefinition]
public sealed class OwnTableTransitions : ICollectionFixture<OwnTableAttackLab>;
